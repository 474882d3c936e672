package dev.safe.spring.actuate;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.json.JsonWriter;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads the body of a request to the {@code extensions} endpoint as it was sent, and refuses anything but an object of
 * strings that agrees with the query. Leaves all other requests alone. For Spring WebFlux. Thread-safe.
 *
 * @since 0.1
 */
public final class StrictBodyFilter implements WebFilter {

    private static final JsonWriter<Map<String, String>> JSON = JsonWriter.standard();

    private final Supplier<? extends @Nullable PathMappedEndpoints> paths;

    /**
     * Creates the filter.
     *
     * @param paths finds the paths of the endpoints
     */
    public StrictBodyFilter(Supplier<? extends @Nullable PathMappedEndpoints> paths) {
        this.paths = paths;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        return isForExtensions(request)
                ? checked(request)
                        .map(body -> chain.filter(exchange.mutate()
                                .request(new ReadRequest(request, exchange, body))
                                .build()))
                        .onErrorResume(
                                RefusedRequestException.class,
                                refused -> Mono.just(answer(exchange.getResponse(), refused)))
                        .flatMap(Function.identity())
                : chain.filter(exchange);
    }

    private boolean isForExtensions(ServerHttpRequest request) {
        PathMappedEndpoints endpoints =
                HttpMethod.POST.equals(request.getMethod()) && isJson(request) ? paths.get() : null;
        String path = endpoints == null ? null : endpoints.getPath(StrictBody.ENDPOINT);
        return path != null && request.getPath().pathWithinApplication().value().startsWith(path + "/");
    }

    private static boolean isJson(ServerHttpRequest request) {
        MediaType type = request.getHeaders().getContentType();
        return type != null && type.getSubtype().endsWith("json");
    }

    /** Reads a body, and checks it with the query. What an empty body leaves out is for the endpoint to report. */
    private static Mono<byte[]> checked(ServerHttpRequest request) {
        return DataBufferUtils.join(request.getBody(), StrictBody.MAX_BYTES)
                .map(StrictBodyFilter::bytes)
                .onErrorMap(DataBufferLimitException.class, tooLong -> StrictBody.tooLong())
                .defaultIfEmpty(new byte[0])
                .doOnNext(body -> StrictBody.check(body, request.getQueryParams()));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static Mono<Void> answer(ServerHttpResponse response, RefusedRequestException refused) {
        response.setStatusCode(HttpStatus.BAD_REQUEST);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        byte[] body = JSON.writeToString(refused.body()).getBytes(StandardCharsets.UTF_8);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /** Holds a body that was read, to be read again. */
    private static final class ReadRequest extends ServerHttpRequestDecorator {

        private final ServerWebExchange exchange;
        private final byte[] body;

        ReadRequest(ServerHttpRequest request, ServerWebExchange exchange, byte[] body) {
            super(request);
            this.exchange = exchange;
            this.body = body;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return body.length == 0
                    ? Flux.empty()
                    : Flux.defer(() ->
                            Flux.just(exchange.getResponse().bufferFactory().wrap(body)));
        }
    }
}
