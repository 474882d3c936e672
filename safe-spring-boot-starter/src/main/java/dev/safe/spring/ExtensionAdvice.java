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

/**
 * Holds the advice of {@link ExtensionAspect}. It is abstract and a class of its own, so that AspectJ's compiler leaves
 * it alone when it weaves this library's aspects. The compiler would otherwise find two aspects, and it cannot make an
 * instance of this one.
 */
@Aspect
abstract class ExtensionAdvice {

    static final EntryPoint<ProceedingJoinPoint> PROCEED = ProceedingJoinPoint::proceed;

    /** Casts within the boundary, since another aspect of the bean may return anything. */
    static final EntryPoint<ProceedingJoinPoint> POLL = call -> (StepEvent) call.proceed();

    static final EntryPoint<ProceedingJoinPoint> FINALIZE = new EntryPoint<>() {

        @Override
        public @Nullable Object proceed(ProceedingJoinPoint call) throws Throwable {
            return call.proceed();
        }

        @Override
        public long id(ProceedingJoinPoint call) {
            return (Long) call.getArgs()[0];
        }
    };

    private final ExtensionGuard guard;

    ExtensionAdvice(ExtensionGuard guard) {
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
        return guard.call(target(call), Phase.SETUP, call, PROCEED);
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
        return guard.call(target(call), Phase.POLL, call, POLL);
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
        return guard.call(target(call), Phase.FINALIZE, call, FINALIZE);
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
        return guard.call(target(call), Phase.TEARDOWN, call, PROCEED);
    }

    private static ExtensionCapability target(ProceedingJoinPoint call) {
        return (ExtensionCapability) call.getTarget();
    }
}
