package dev.safe.spring.autoconfigure;

import dev.safe.spring.InvalidExtensionNameException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that the extension name of a bean is not valid. */
final class InvalidExtensionNameFailureAnalyzer extends AbstractFailureAnalyzer<InvalidExtensionNameException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidExtensionNameException cause) {
        return new FailureAnalysis(
                "The name() of the bean '%s' of type %s is not valid: %s."
                        .formatted(cause.bean(), cause.type(), cause.rule()),
                "Return a name from name() that matches.",
                cause);
    }
}
