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
 * What AspectJ weaves into extensions, by its agent or its compiler: each execution of an entry point goes across its
 * boundary, whoever calls it, be it the extension itself, and whether or not it is a bean. Thread-safe.
 *
 * <p>A sibling of {@link ExtensionAspect}, with the same entry to the guard. It is not that one, because AspectJ makes its
 * own instance, before there is a guard and for all application contexts; because the class itself has to say that it was
 * woven; and because a super method is no call of its own here. A call goes to the guard of the context whose bean the
 * extension is, else of the context that came up last, else to one with the built-in policies: it is contained always.
 *
 * <p>Costs about 10 ns and 128 bytes more than {@link dev.safe.ExtensionGuard#callPoll}, whichever signature the advice
 * has: AspectJ makes a join point and a closure for every advice around a call that is written as an annotation.
 *
 * @since 0.1
 */
@Aspect
@DeclarePrecedence("dev.safe.spring.WovenExtensions, *")
public final class WovenExtensions {

    private static final WovenExtensions INSTANCE = new WovenExtensions();

    private WovenExtensions() {}

    /**
     * The aspect. Woven code asks for it. It is written out since the compiler that weaves need not have seen this class.
     *
     * @return the one instance
     */
    public static WovenExtensions aspectOf() {
        return INSTANCE;
    }

    /**
     * Whether there is the aspect.
     *
     * @return true
     */
    public static boolean hasAspect() {
        return true;
    }

    /** Whoever is woven, but for decorators of ours and for proxies: what they call is an extension of its own. */
    @Pointcut("!within(dev.safe.GuardedExtension) && !within(*..*$$SpringCGLIB$$*) && !within(*..$Proxy*)")
    void extension() {}

    /**
     * Notes that a class has been woven, as the class itself begins to exist: nothing else tells for sure.
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

    /** An override's call of what it overrides is inside of a call that is contained, and may well catch what that throws. */
    private static boolean isCalledAsSuper(Class<?> type, JoinPoint.StaticPart method) {
        Class<?> declaring = method.getSignature().getDeclaringType();
        return type != declaring
                && WovenType.of(type).overrides(method.getSignature().getName(), declaring);
    }
}
