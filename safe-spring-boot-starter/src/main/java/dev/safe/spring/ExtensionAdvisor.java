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
 * Has the entry points of every extension bean advised by {@link ExtensionAspect}. Thread-safe.
 *
 * <p>It says in Java what the pointcuts of the aspect say as expressions: for those, Spring would start AspectJ's parser in
 * every application and show it the class of every bean. It is one advisor, as Spring asks for each of them three times with
 * every bean. And it calls the advice itself: Spring would by reflection, and would put an interceptor in front of it that makes
 * each call known to pointcuts, which ours do not ask about.
 *
 * @since 0.1
 */
public final class ExtensionAdvisor extends StaticMethodMatcherPointcutAdvisor {

    private static final long serialVersionUID = 1L;

    /** All that a host calls but for the name, which it asks for once. Apart, as there may be no extension at all. */
    private static final class EntryPoints {

        static final List<Method> ALL = Arrays.stream(ExtensionCapability.class.getMethods())
                .filter(method -> !method.getName().equals("name"))
                .toList();
    }

    private final transient Interceptor interceptor;

    /**
     * Creates the advisor.
     *
     * @param guard whose boundaries calls go across, asked for with the first of them
     */
    public ExtensionAdvisor(ObjectProvider<ExtensionGuard> guard) {
        interceptor = new Interceptor(guard);
        setAdvice(interceptor);
        setOrder(Ordered.HIGHEST_PRECEDENCE);
        setClassFilter(ExtensionCapability.class::isAssignableFrom);
    }

    /** Hands the guard over: a bean that is first called after the context has closed could not ask for it any more. */
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

    /** Calls the advice of the entry point that is called. */
    private static final class Interceptor implements MethodInterceptor {

        private final ObjectProvider<ExtensionGuard> provider;

        /** The same, once the context is up. */
        private volatile @Nullable ExtensionGuard guard;

        /** Made with the first call: by then there is a guard, and all that is to listen to it. */
        private volatile @Nullable ExtensionAspect aspect;

        Interceptor(ObjectProvider<ExtensionGuard> provider) {
            this.provider = provider;
        }

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            ProceedingJoinPoint call = new MethodInvocationProceedingJoinPoint((ProxyMethodInvocation) invocation);
            String entryPoint = invocation.getMethod().getName();
            return switch (entryPoint) {
                case "setup" -> aspect().setup(call);
                case "poll" -> aspect().poll(call);
                case "finalizeStep" -> aspect().finalizeStep(call);
                case "teardown" -> aspect().teardown(call);
                default -> throw new IllegalStateException("there is no advice for " + invocation.getMethod());
            };
        }

        private ExtensionAspect aspect() {
            ExtensionAspect made = aspect;
            if (made == null) {
                ExtensionGuard given = guard;
                made = new ExtensionAspect(given != null ? given : provider.getObject());
                aspect = made;
            }
            return made;
        }
    }
}
