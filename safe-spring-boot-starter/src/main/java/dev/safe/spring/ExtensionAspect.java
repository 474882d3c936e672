package dev.safe.spring;

import dev.safe.ExtensionGuard;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Makes each call of an entry point of an extension bean go across its boundary. Outermost, so that what other aspects of
 * the bean throw is contained too. Thread-safe.
 *
 * <p>The pointcuts are static and name the interface's own methods: one that binds the target would be matched anew at each
 * call. The order is an annotation: an aspect that implements {@link Ordered} is created while advisors are sorted, too
 * early for what it depends on.
 *
 * <p>Not contained: calls that do not go through the bean's proxy, such as those of a bean to itself. For those there is
 * {@link WovenExtensions}.
 *
 * @since 0.1
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ExtensionAspect extends ExtensionAdvice {

    /**
     * Creates the aspect.
     *
     * @param guard whose boundaries calls go across
     */
    public ExtensionAspect(ExtensionGuard guard) {
        super(guard);
    }
}
