package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.aspectj.lang.ProceedingJoinPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.aspectj.MethodInvocationProceedingJoinPoint;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;

/**
 * Applies the advice of {@link ExtensionAspect} to the entry points of every extension bean. Thread-safe.
 *
 * <p>Matches in Java what the aspect's pointcuts express as text. For those, Spring would start AspectJ's parser in
 * every application and show it the class of every bean. There is one advisor rather than four, because Spring asks
 * each advisor three times about every bean. The advisor calls the advice directly. Spring would call it by reflection,
 * behind an interceptor that exposes each call to pointcuts that bind it, and ours bind nothing.
 *
 * <p>Answers {@code name()} with the name that the extension is known by, without asking the extension, since a
 * {@code name()} that throws would take down a host that reads it.
 *
 * @since 0.1
 */
public final class ExtensionAdvisor extends StaticMethodMatcherPointcutAdvisor {

    private static final long serialVersionUID = 1L;

    /**
     * Lists the methods that a host calls. A class of its own, so that applications without an extension do not load
     * it.
     */
    private static final class EntryPoints {

        static final List<Method> ALL = List.of(ExtensionCapability.class.getMethods());
    }

    private final transient Interceptor interceptor;

    /**
     * Creates the advisor.
     *
     * @param guard provides the guard whose boundaries calls go across; asked at the first call
     */
    public ExtensionAdvisor(ObjectProvider<ExtensionGuard> guard) {
        interceptor = new Interceptor(guard);
        setAdvice(interceptor);
        setOrder(Ordered.HIGHEST_PRECEDENCE);
        setClassFilter(ExtensionCapability.class::isAssignableFrom);
    }

    /** Sets the guard. A bean that is first called after the context has closed could not get it from the provider. */
    void setGuard(ExtensionGuard guard) {
        interceptor.guard = guard;
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        for (Method entryPoint : EntryPoints.ALL) {
            if (method.getName().equals(entryPoint.getName())
                    && Arrays.equals(method.getParameterTypes(), entryPoint.getParameterTypes())) {
                return true;
            }
        }
        return false;
    }

    /** Calls the advice that belongs to the entry point. */
    private static final class Interceptor implements MethodInterceptor {

        private final ObjectProvider<ExtensionGuard> provider;

        /** Set once the context is up. */
        private volatile @Nullable ExtensionGuard guard;

        /** Made at the first call. By then the guard and all of its listeners exist. */
        private volatile @Nullable ExtensionAspect aspect;

        Interceptor(ObjectProvider<ExtensionGuard> provider) {
            this.provider = provider;
        }

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            String entryPoint = invocation.getMethod().getName();
            if (entryPoint.equals("name")) {
                return knownName(invocation);
            }
            ProceedingJoinPoint call = new MethodInvocationProceedingJoinPoint((ProxyMethodInvocation) invocation);
            return switch (entryPoint) {
                case "setup" -> aspect().setup(call);
                case "poll" -> aspect().poll(call);
                case "finalizeStep" -> aspect().finalizeStep(call);
                case "teardown" -> aspect().teardown(call);
                default -> throw new IllegalStateException("there is no advice for " + invocation.getMethod());
            };
        }

        private @Nullable String knownName(MethodInvocation invocation) throws Throwable {
            return invocation.getThis() instanceof ExtensionCapability extension && guard().knows(extension)
                    ? guard().register(extension, extension.getClass().getSimpleName())
                    : (String) invocation.proceed();
        }

        private ExtensionAspect aspect() {
            ExtensionAspect made = aspect;
            if (made == null) {
                made = new ExtensionAspect(guard());
                aspect = made;
            }
            return made;
        }

        private ExtensionGuard guard() {
            ExtensionGuard given = guard;
            return given != null ? given : provider.getObject();
        }
    }
}
