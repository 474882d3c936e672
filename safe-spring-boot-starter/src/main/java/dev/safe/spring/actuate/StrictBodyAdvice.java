package dev.safe.spring.actuate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Reads the body of a request to the {@code extensions} endpoint as it was sent, and refuses anything but an object of
 * strings that agrees with the query. Leaves all other requests alone. For Spring MVC. Thread-safe.
 *
 * @since 0.1
 */
@ControllerAdvice
public final class StrictBodyAdvice extends RequestBodyAdviceAdapter {

    private final Supplier<? extends @Nullable PathMappedEndpoints> paths;

    /**
     * Creates the advice.
     *
     * @param paths finds the paths of the endpoints
     */
    public StrictBodyAdvice(Supplier<? extends @Nullable PathMappedEndpoints> paths) {
        this.paths = paths;
    }

    @Override
    public boolean supports(
            MethodParameter parameter, Type targetType, Class<? extends HttpMessageConverter<?>> converter) {
        return parameter.getParameterType() == Map.class && isForExtensions();
    }

    private boolean isForExtensions() {
        PathMappedEndpoints endpoints = paths.get();
        String path = endpoints == null ? null : endpoints.getPath(StrictBody.ENDPOINT);
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        return path != null
                && request != null
                && (path + "/{name}")
                        .equals(request.getAttribute(
                                HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST));
    }

    @Override
    public HttpInputMessage beforeBodyRead(
            HttpInputMessage message,
            MethodParameter parameter,
            Type targetType,
            Class<? extends HttpMessageConverter<?>> converter)
            throws IOException {
        byte[] body = message.getBody().readNBytes(StrictBody.MAX_BYTES + 1);
        StrictBody.check(body, query());
        return new ReadMessage(message.getHeaders(), body);
    }

    @Override
    public @Nullable Object handleEmptyBody(
            @Nullable Object body,
            HttpInputMessage message,
            MethodParameter parameter,
            Type targetType,
            Class<? extends HttpMessageConverter<?>> converter) {
        StrictBody.check(new byte[0], query());
        return body;
    }

    private static Map<String, List<@Nullable String>> query() {
        Map<String, List<@Nullable String>> query = new LinkedHashMap<>();
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes) {
            attributes.getRequest().getParameterMap().forEach((name, values) -> query.put(name, Arrays.asList(values)));
        }
        return query;
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> refused(RefusedRequestException refused) {
        return ResponseEntity.badRequest()
                .contentType(MediaType.APPLICATION_JSON)
                .body(refused.body());
    }

    /** Holds a body that was read, to be read again. */
    private static final class ReadMessage implements HttpInputMessage {

        private final HttpHeaders headers;
        private final byte[] body;

        ReadMessage(HttpHeaders headers, byte[] body) {
            this.headers = headers;
            this.body = body;
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public InputStream getBody() {
            return new ByteArrayInputStream(body);
        }
    }
}
