package dev.safe.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains that a property does not exist, or cannot have its value. Runs before Boot's analyzers, which would explain the
 * cause in the terms of the binder.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSafePropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSafePropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSafePropertyException cause) {
        return new FailureAnalysis(cause.description(), cause.action(), cause);
    }
}
