package dev.safe.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains that a bean is not of the required class, because it was created for that injection and its proxy is not of
 * that class. Runs before Boot's analyzer, whose advice cannot help.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InterfaceProxyTypeFailureAnalyzer extends AbstractFailureAnalyzer<BeanNotOfRequiredTypeException> {

    private final BeanFactory beans;

    InterfaceProxyTypeFailureAnalyzer(BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanNotOfRequiredTypeException cause) {
        return InterfaceProxyAnalysis.of(beans, cause.getRequiredType(), cause);
    }
}
