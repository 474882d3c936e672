package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.aspectj.lang.ProceedingJoinPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.aspectj.AspectInstanceFactory;
import org.springframework.aop.aspectj.AspectJAroundAdvice;
import org.springframework.aop.aspectj.AspectJExpressionPointcut;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;

/**
 * Has one entry point of every extension bean advised by {@link ExtensionAspect}. Thread-safe.
 *
 * <p>It says in Java what the pointcut of the advice says as an expression: for that, Spring would start AspectJ's parser in
 * every application and show it the class of every bean. And it has the advice called by an interceptor: in front of AspectJ's
 * advice as such, Spring puts one that makes each call known to pointcuts, which ours do not ask about.
 *
 * @since 0.1
 */
public final class ExtensionAdvisor extends StaticMethodMatcherPointcutAdvisor {

    private static final long serialVersionUID = 1L;

    private final transient Method entryPoint;
    private final transient LazyAspect aspect;

    /**
     * Creates the advisor.
     *
     * @param entryPoint the name of the method, which is the name of its advice
     * @param guard whose boundaries calls go across, asked for with the first of them
     */
    public ExtensionAdvisor(String entryPoint, ObjectProvider<ExtensionGuard> guard) {
        this.entryPoint = entryPointNamed(entryPoint);
        setOrder(Ordered.HIGHEST_PRECEDENCE);
        setClassFilter(ExtensionCapability.class::isAssignableFrom);
        this.aspect = new LazyAspect(guard);
        AspectJAroundAdvice advice =
                new AspectJAroundAdvice(adviceOf(this.entryPoint), new AspectJExpressionPointcut(), aspect);
        setAdvice(new Interceptor(advice));
    }

    /** Asks for the guard now: a bean that is first called after the context has closed could not any more. */
    void prepare() {
        aspect.getAspectInstance();
    }

    private static Method entryPointNamed(String name) {
        return Arrays.stream(ExtensionCapability.class.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("an extension has no entry point " + name));
    }

    private static Method adviceOf(Method entryPoint) {
        try {
            return ExtensionAdvice.class.getMethod(entryPoint.getName(), ProceedingJoinPoint.class);
        } catch (NoSuchMethodException missing) {
            throw new IllegalArgumentException("there is no advice for " + entryPoint, missing);
        }
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return method.getName().equals(entryPoint.getName())
                && Arrays.equals(method.getParameterTypes(), entryPoint.getParameterTypes());
    }

    /** Calls the advice, and is none of AspectJ's itself. */
    private record Interceptor(MethodInterceptor advice) implements MethodInterceptor {

        @Override
        public @Nullable Object invoke(MethodInvocation call) throws Throwable {
            return advice.invoke(call);
        }
    }

    /** The aspect, made with the first call: by then there is a guard, and all that is to listen to it. */
    private static final class LazyAspect implements AspectInstanceFactory {

        private final ObjectProvider<ExtensionGuard> guard;
        private volatile @Nullable ExtensionAspect aspect;

        LazyAspect(ObjectProvider<ExtensionGuard> guard) {
            this.guard = guard;
        }

        @Override
        public Object getAspectInstance() {
            ExtensionAspect made = aspect;
            if (made == null) {
                made = new ExtensionAspect(guard.getObject());
                aspect = made;
            }
            return made;
        }

        @Override
        public @Nullable ClassLoader getAspectClassLoader() {
            return ExtensionAspect.class.getClassLoader();
        }

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }
    }
}
