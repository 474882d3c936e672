package dev.safe.spring.actuate;

import dev.safe.spring.actuate.ExtensionDescriptors.ExtensionDescriptor;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Adapts the endpoint to the web: returns status codes, and shows values only to callers that may see them.
 * Thread-safe.
 *
 * @since 0.1
 */
@EndpointWebExtension(endpoint = ExtensionsEndpoint.class)
public class ExtensionsEndpointWebExtension {

    private final ExtensionsEndpoint endpoint;
    private final Show showValues;
    private final Set<String> roles;

    /**
     * Creates the extension.
     *
     * @param endpoint the endpoint
     * @param showValues when messages and frames are shown
     * @param roles the roles that may see them when authorized
     */
    public ExtensionsEndpointWebExtension(ExtensionsEndpoint endpoint, Show showValues, Set<String> roles) {
        this.endpoint = endpoint;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
    }

    /**
     * Shows all extensions.
     *
     * @param caller the caller
     * @return the extensions
     */
    @ReadOperation
    public ExtensionDescriptors extensions(SecurityContext caller) {
        return endpoint.describeAll(showValues.isShown(caller, roles));
    }

    /**
     * Shows an extension.
     *
     * @param caller the caller
     * @param name its name
     * @return the extension, or 404 with a message
     */
    @ReadOperation
    public WebEndpointResponse<Object> extension(SecurityContext caller, @Selector String name) {
        return answer(() -> endpoint.describe(name, showValues.isShown(caller, roles)));
    }

    /**
     * Quarantines or releases an entry point of an extension, or restarts the extension.
     *
     * @param caller the caller
     * @param name the extension's name
     * @param action {@code quarantine}, {@code release} or {@code restart}
     * @param phase the tag of the entry point's phase; null to restart
     * @param reason why; may be null to release
     * @return the extension after the change; with a message 404 if it does not exist, 400 if the request is not valid, 409
     *     if it cannot be met
     */
    @WriteOperation
    public WebEndpointResponse<Object> act(
            SecurityContext caller,
            @Selector String name,
            @Nullable String action,
            @Nullable String phase,
            @Nullable String reason) {
        return answer(() -> {
            endpoint.perform(name, action, phase, reason);
            return endpoint.describe(name, showValues.isShown(caller, roles));
        });
    }

    private static WebEndpointResponse<Object> answer(Supplier<ExtensionDescriptor> answer) {
        try {
            return new WebEndpointResponse<>(answer.get());
        } catch (RefusedRequestException refused) {
            return refused.response();
        }
    }
}
