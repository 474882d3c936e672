package dev.safe.spring;

import dev.safe.EntryPoint;
import dev.safe.ExtensionCapability;
import dev.safe.Phase;
import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.aspectj.lang.annotation.DeclarePrecedence;
import org.aspectj.lang.annotation.Pointcut;
import org.jspecify.annotations.Nullable;

/**
 * Contains extensions that AspectJ weaves, by its agent or its compiler. Each execution of an entry point goes across
 * its boundary, whether or not the extension is a bean, and even if the extension calls itself. Thread-safe.
 *
 * <p>Differs from {@link ExtensionAspect} in three ways, and calls the guard in the same way. AspectJ makes the only
 * instance, before any guard exists and for all application contexts. The woven class records that it was woven. The
 * execution of a super method does not count as a call. A call goes to the guard of the context whose bean the
 * extension is, else to the guard of the context that came up last, else to one with the built-in policies. So every
 * call is contained.
 *
 * <p>Costs about 10 ns and 128 bytes more than {@link dev.safe.ExtensionGuard#callPoll}, whichever signature the advice
 * has. AspectJ makes a join point and a closure for every around advice that is written as an annotation.
 *
 * @since 0.1
 */
@Aspect
@DeclarePrecedence("dev.safe.spring.WovenExtensions, *")
public final class WovenExtensions {

    private static final WovenExtensions INSTANCE = new WovenExtensions();

    private WovenExtensions() {}

    /**
     * Returns the aspect, for woven code. Written by hand, since the compiler that weaves may not have compiled this
     * class.
     *
     * @return the one instance
     */
    public static WovenExtensions aspectOf() {
        return INSTANCE;
    }

    /**
     * Returns whether the aspect exists.
     *
     * @return true
     */
    public static boolean hasAspect() {
        return true;
    }

    /** Matches everything that is woven except our decorators and proxies, which only call another extension. */
    @Pointcut("!within(dev.safe.GuardedExtension) && !within(*..*$$SpringCGLIB$$*) && !within(*..$Proxy*)")
    void extension() {}

    /**
     * Records that a class was woven, when the class is initialized. Nothing else shows it reliably.
     *
     * @param type its static initializer
     */
    @Before("staticinitialization(dev.safe.ExtensionCapability+) && extension()")
    public void initialize(JoinPoint.StaticPart type) {
        WovenType.of(type.getSignature().getDeclaringType()).setWoven();
    }

    /**
     * Contains setup.
     *
     * @param call the call
     * @return null
     * @throws Throwable the error that the extension returned, or its panic
     */
    @Around("execution(* dev.safe.ExtensionCapability.setup(dev.safe.SetupEnv)) && extension()")
    public @Nullable Object setup(ProceedingJoinPoint call) throws Throwable {
        return across(Phase.SETUP, call, ExtensionAdvice.PROCEED);
    }

    /**
     * Contains poll.
     *
     * @param call the call
     * @return the event, or null
     * @throws Throwable the extension's panic, if the policy says so
     */
    @Around("execution(* dev.safe.ExtensionCapability.poll()) && extension()")
    public @Nullable Object poll(ProceedingJoinPoint call) throws Throwable {
        return across(Phase.POLL, call, ExtensionAdvice.POLL);
    }

    /**
     * Contains finalize.
     *
     * @param call the call
     * @return null
     * @throws Throwable the extension's panic, if the policy says so
     */
    @Around("execution(* dev.safe.ExtensionCapability.finalizeStep(long)) && extension()")
    public @Nullable Object finalizeStep(ProceedingJoinPoint call) throws Throwable {
        return across(Phase.FINALIZE, call, ExtensionAdvice.FINALIZE);
    }

    /**
     * Contains teardown.
     *
     * @param call the call
     * @return null
     * @throws Throwable the extension's panic, if the policy says so
     */
    @Around("execution(* dev.safe.ExtensionCapability.teardown(dev.safe.TeardownContext)) && extension()")
    public @Nullable Object teardown(ProceedingJoinPoint call) throws Throwable {
        return across(Phase.TEARDOWN, call, ExtensionAdvice.PROCEED);
    }

    private static @Nullable Object across(
            Phase phase, ProceedingJoinPoint call, EntryPoint<ProceedingJoinPoint> entryPoint) throws Throwable {
        ExtensionCapability extension = (ExtensionCapability) call.getThis();
        if (isCalledAsSuper(extension.getClass(), call.getStaticPart())) {
            return call.proceed();
        }
        return GuardsInUse.guardOf(extension).call(extension, phase, call, entryPoint);
    }

    /**
     * Returns whether an override calls the method as super. It is then within a contained call, which may catch what
     * the method throws.
     */
    private static boolean isCalledAsSuper(Class<?> type, JoinPoint.StaticPart method) {
        Class<?> declaring = method.getSignature().getDeclaringType();
        return type != declaring
                && WovenType.of(type).overrides(method.getSignature().getName(), declaring);
    }
}
