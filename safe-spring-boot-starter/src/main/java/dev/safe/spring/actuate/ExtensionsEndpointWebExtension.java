package dev.safe.spring.actuate;

import dev.safe.spring.actuate.ExtensionDescriptors.ExtensionDescriptor;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
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
        return endpoint.extensions(showValues.isShown(caller, roles));
    }

    /**
     * Shows an extension.
     *
     * @param caller the caller
     * @param name its name
     * @return the extension, or 404
     */
    @ReadOperation
    public WebEndpointResponse<ExtensionDescriptor> extension(SecurityContext caller, @Selector String name) {
        ExtensionDescriptor extension = endpoint.extension(name, showValues.isShown(caller, roles));
        return extension == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(extension);
    }

    /**
     * Quarantines or releases an entry point of an extension.
     *
     * @param caller the caller
     * @param name the extension's name
     * @param action {@code quarantine} or {@code release}
     * @param phase the tag of the entry point's phase
     * @param reason why, for quarantine
     * @return the extension after the change; 404 if it does not exist, 400 with a message if the action or phase is not valid
     */
    @WriteOperation
    public WebEndpointResponse<Object> act(
            SecurityContext caller,
            @Selector String name,
            @Nullable String action,
            @Nullable String phase,
            @Nullable String reason) {
        boolean show = showValues.isShown(caller, roles);
        if (endpoint.extension(name, show) == null) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        try {
            endpoint.act(name, action, phase, reason);
        } catch (InvalidEndpointRequestException invalid) {
            return new WebEndpointResponse<>(
                    Map.of("message", String.valueOf(invalid.getReason())), WebEndpointResponse.STATUS_BAD_REQUEST);
        }
        ExtensionDescriptor now = endpoint.extension(name, show);
        return now == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(now);
    }
}
