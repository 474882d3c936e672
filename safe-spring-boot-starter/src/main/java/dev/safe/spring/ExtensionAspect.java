package dev.safe.spring;

import dev.safe.EntryPoint;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
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
@Aspect
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ExtensionAspect {

    static final EntryPoint<ProceedingJoinPoint> PROCEED = ProceedingJoinPoint::proceed;

    /** Another aspect of the bean may return anything; what is no event has to come to light inside of the boundary. */
    static final EntryPoint<ProceedingJoinPoint> POLL = call -> (StepEvent) call.proceed();

    private final ExtensionGuard guard;

    /**
     * Creates the aspect.
     *
     * @param guard whose boundaries calls go across
     */
    public ExtensionAspect(ExtensionGuard guard) {
        this.guard = guard;
    }

    /**
     * Contains setup.
     *
     * @param call the call
     * @return null
     * @throws Throwable the error that the extension returned, or its panic
     */
    @Around("execution(* dev.safe.ExtensionCapability.setup(..))")
    public @Nullable Object setup(ProceedingJoinPoint call) throws Throwable {
        return guard.call(target(call), Phase.SETUP, 0, call, PROCEED);
    }

    /**
     * Contains poll.
     *
     * @param call the call
     * @return the event, or null
     * @throws Throwable the extension's panic, if the policy says so
     */
    @Around("execution(* dev.safe.ExtensionCapability.poll(..))")
    public @Nullable Object poll(ProceedingJoinPoint call) throws Throwable {
        return guard.call(target(call), Phase.POLL, 0, call, POLL);
    }

    /**
     * Contains finalize.
     *
     * @param call the call
     * @return null
     * @throws Throwable the extension's panic, if the policy says so
     */
    @Around("execution(* dev.safe.ExtensionCapability.finalizeStep(..))")
    public @Nullable Object finalizeStep(ProceedingJoinPoint call) throws Throwable {
        return guard.call(target(call), Phase.FINALIZE, (Long) call.getArgs()[0], call, PROCEED);
    }

    /**
     * Contains teardown.
     *
     * @param call the call
     * @return null
     * @throws Throwable the extension's panic, if the policy says so
     */
    @Around("execution(* dev.safe.ExtensionCapability.teardown(..))")
    public @Nullable Object teardown(ProceedingJoinPoint call) throws Throwable {
        return guard.call(target(call), Phase.TEARDOWN, 0, call, PROCEED);
    }

    private static ExtensionCapability target(ProceedingJoinPoint call) {
        return (ExtensionCapability) call.getTarget();
    }
}
