package dev.safe.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that no policy can have the value of a property. */
final class InvalidSafePropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSafePropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSafePropertyException cause) {
        return new FailureAnalysis(
                "The property '%s' has the value '%s'. It %s.".formatted(cause.key(), cause.value(), cause.rule()),
                "Change the value of '%s'.".formatted(cause.key()),
                cause);
    }
}
