package dev.safe.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The bean was created before it was asked for by its class, which its proxy is not of. Comes before Boot's analyzer, whose advice cannot help. */
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
