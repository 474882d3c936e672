package dev.safe.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains that no bean of a class is found, because the bean was created already and its proxy is not of that class.
 * Runs before Boot's analyzer, whose advice cannot help.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InterfaceProxyBeanFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final BeanFactory beans;

    InterfaceProxyBeanFailureAnalyzer(BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        return InterfaceProxyAnalysis.of(beans, required(cause), cause);
    }

    private static @Nullable Class<?> required(NoSuchBeanDefinitionException cause) {
        return cause.getResolvableType() == null
                ? null
                : cause.getResolvableType().resolve();
    }
}
