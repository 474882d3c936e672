package dev.safe.spring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Refuses a request to the {@code extensions} endpoint that has fields or query parameters it does not know. The
 * actuator would ignore them, so that an operator's typing error would go unnoticed. Works with every kind of web
 * server. Thread-safe.
 *
 * @since 0.1
 */
public final class StrictArguments implements OperationInvokerAdvisor {

    private static final EndpointId EXTENSIONS = EndpointId.of(ExtensionsEndpoint.ID);

    /** Comes from the path. */
    private static final String NAME = "name";

    /** Creates the advisor. */
    public StrictArguments() {}

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        return endpoint.equals(EXTENSIONS) && type == OperationType.WRITE && isForTheWeb(parameters)
                ? context -> {
                    Map<String, Object> fields = new LinkedHashMap<>(context.getArguments());
                    fields.remove(NAME);
                    try {
                        OperatorRequest.checkFields(fields);
                    } catch (RefusedRequestException refused) {
                        return refused.response();
                    }
                    return invoker.invoke(context);
                }
                : invoker;
    }

    /**
     * Returns whether an operation is called over the web. Over JMX there can be no fields other than its parameters.
     */
    private static boolean isForTheWeb(OperationParameters parameters) {
        return parameters.stream().anyMatch(parameter -> parameter.getType() == SecurityContext.class);
    }
}
