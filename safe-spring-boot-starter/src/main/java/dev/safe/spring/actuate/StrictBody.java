package dev.safe.spring.actuate;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;

/**
 * Checks the body and the query of a request to the {@code extensions} endpoint as they were sent. The actuator converts
 * whatever the body holds to strings, lets a field or a query parameter override the extension's name in the path, and
 * lets a query parameter override a field.
 */
final class StrictBody {

    static final EndpointId ENDPOINT = EndpointId.of(ExtensionsEndpoint.ID);

    /** Limits a body. A request is a name, two words and a reason, of which 1,024 characters are shown. */
    static final int MAX_BYTES = 64 * 1024;

    private StrictBody() {}

    /**
     * Checks a request.
     *
     * @param body the body; empty if there is none, which leaves everything to the query
     * @param query the values of each query parameter, decoded
     * @throws RefusedRequestException if the body is not an object of strings, if body or query have fields that the
     *     endpoint does not know, or if they contradict each other
     */
    static void check(byte[] body, Map<String, ? extends List<@Nullable String>> query) {
        if (body.length > MAX_BYTES) {
            throw tooLong();
        }
        Map<String, Object> fields = body.length == 0 ? Map.of() : parse(body);
        OperatorRequest.checkFields(fields);
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        query.forEach((parameter, values) -> parameters.put(parameter, values.size() == 1 ? values.get(0) : values));
        OperatorRequest.checkFields(parameters);
        OperatorRequest.checkSame(fields, parameters);
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
