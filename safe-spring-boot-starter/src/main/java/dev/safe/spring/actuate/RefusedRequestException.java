package dev.safe.spring.actuate;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Reports a request that cannot be met. Its message is written for the caller. */
final class RefusedRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final int CONFLICT = 409;

    private final int status;

    private RefusedRequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static RefusedRequestException badRequest(String message) {
        return new RefusedRequestException(WebEndpointResponse.STATUS_BAD_REQUEST, message);
    }

    static RefusedRequestException unknown(String extension) {
        return new RefusedRequestException(
                WebEndpointResponse.STATUS_NOT_FOUND, "there is no extension '" + extension + "'");
    }

    static RefusedRequestException conflict(String message) {
        return new RefusedRequestException(CONFLICT, message);
    }

    String message() {
        return String.valueOf(getMessage());
    }

    WebEndpointResponse<Object> response() {
        return new WebEndpointResponse<>(body(), status);
    }

    Map<String, String> body() {
        return Map.of("message", message());
    }
}
