package dev.safe.spring.actuate;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;

/**
 * Checks the body of a request to the {@code extensions} endpoint as it was sent. The actuator converts whatever the
 * body holds to strings, and lets a field override the extension's name in the path.
 */
final class StrictBody {

    static final EndpointId ENDPOINT = EndpointId.of(ExtensionsEndpoint.ID);

    /** Limits a body. A request is a name, two words and a reason, of which 1,024 characters are shown. */
    static final int MAX_BYTES = 64 * 1024;

    private StrictBody() {}

    /**
     * Checks a body.
     *
     * @throws RefusedRequestException if it is not an object of strings, with fields that the endpoint knows
     */
    static void check(byte[] body) {
        if (body.length > MAX_BYTES) {
            throw tooLong();
        }
        OperatorRequest.checkFields(parse(body));
    }

    static RefusedRequestException tooLong() {
        return RefusedRequestException.badRequest("the body must have at most %d bytes".formatted(MAX_BYTES));
    }

    private static Map<String, Object> parse(byte[] body) {
        try {
            return orMalformed(JsonParserFactory.getJsonParser().parseMap(new String(body, StandardCharsets.UTF_8)));
        } catch (JsonParseException malformed) {
            throw malformed();
        }
    }

    /** Refuses what a parser makes of the body {@code null}. */
    private static Map<String, Object> orMalformed(@Nullable Map<String, Object> fields) {
        if (fields == null) {
            throw malformed();
        }
        return fields;
    }

    private static RefusedRequestException malformed() {
        return RefusedRequestException.badRequest("the body must be a JSON object such as "
                + "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"ticket 4711\"}");
    }
}
