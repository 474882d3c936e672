package dev.safe.spring;

import dev.safe.ExtensionGuard;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Takes each call of an extension bean's entry point across its boundary. It is the outermost aspect, so that it also
 * contains what the bean's other aspects throw. Thread-safe.
 *
 * <p>The pointcuts are static and name the interface's own methods. A pointcut that binds the target would be matched
 * again at each call. The order is an annotation, because Spring creates an aspect that implements {@link Ordered}
 * while it sorts advisors, which is too early for the aspect's dependencies.
 *
 * <p>Does not contain calls that bypass the bean's proxy, such as a bean's calls to itself. {@link WovenExtensions}
 * contains those.
 *
 * @since 0.1
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ExtensionAspect extends ExtensionAdvice {

    /**
     * Creates the aspect.
     *
     * @param guard the guard whose boundaries calls go across
     */
    public ExtensionAspect(ExtensionGuard guard) {
        super(guard);
    }
}
