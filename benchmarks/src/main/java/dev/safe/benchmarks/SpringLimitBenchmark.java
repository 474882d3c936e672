package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.util.concurrent.TimeUnit;
import org.aopalliance.intercept.MethodInterceptor;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.aspectj.AbstractAspectJAdvice;
import org.springframework.aop.aspectj.AspectJExpressionPointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/**
 * Measures what no advice of a Spring bean can undercut: advice that does nothing, on a bean that Boot's auto-proxying
 * has proxied. The pointcut is the starter's. It is decided once for each method, so nothing is matched at a call.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpringLimitBenchmark {

    private static final String POLL = "execution(* dev.safe.ExtensionCapability.poll(..))";

    /** Holds a context of one advice and one bean. */
    public abstract static class OneBean {

        private final Class<?> configuration;
        private ConfigurableApplicationContext context;
        ExtensionCapability extension;

        OneBean(Class<?> configuration) {
            this.configuration = configuration;
        }

        @Setup(Level.Trial)
        public void prepare() {
            context = Contexts.start(configuration);
            extension = Contexts.advisedBy(context, "extension", SpringLimitBenchmark::isOurs);
        }

        @TearDown(Level.Trial)
        public void close() {
            context.close();
        }
    }

    private static boolean isOurs(Advisor advisor) {
        return advisor instanceof DefaultPointcutAdvisor
                ? advisor.getAdvice().getClass().getName().startsWith(SpringLimitBenchmark.class.getName())
                : advisor.getAdvice() instanceof AbstractAspectJAdvice;
    }

    /** Measures an interceptor. */
    @State(Scope.Benchmark)
    public static class Intercepted extends OneBean {
        public Intercepted() {
            super(InterceptorConfiguration.class);
        }
    }

    /** Measures an interceptor without any AspectJ. */
    @State(Scope.Benchmark)
    public static class InterceptedByName extends OneBean {
        public InterceptedByName() {
            super(ByNameConfiguration.class);
        }
    }

    /** Measures a method of an aspect. */
    @State(Scope.Benchmark)
    public static class Surrounded extends OneBean {
        public Surrounded() {
            super(AroundConfiguration.class);
        }
    }

    /** Measures an interceptor that catches. */
    @State(Scope.Benchmark)
    public static class Caught extends OneBean {
        public Caught() {
            super(CatchingConfiguration.class);
        }

        @Override
        @Setup(Level.Trial)
        public void prepare() {
            super.prepare();
            Work.check(extension.poll() == null, "the panic is not caught");
        }
    }

    /** Configures an interceptor with the pointcut of the starter's aspect. */
    @Benchmark
    public @Nullable StepEvent interceptor(Intercepted bean) {
        return bean.extension.poll();
    }

    /**
     * Configures an interceptor whose pointcut is not an AspectJ expression, so that Spring does not expose the
     * invocation to it.
     */
    @Benchmark
    public @Nullable StepEvent interceptorByName(InterceptedByName bean) {
        return bean.extension.poll();
    }

    /** Configures an aspect with the same pointcut as the starter's aspect. */
    @Benchmark
    public @Nullable StepEvent around(Surrounded bean) {
        return bean.extension.poll();
    }

    /** Configures the interceptor that catches, to compare a bean's panic with. */
    @Benchmark
    public @Nullable StepEvent interceptorPanic(Caught bean) {
        return bean.extension.poll();
    }

    private static Advisor advisor(Pointcut pointcut, MethodInterceptor interceptor) {
        return new DefaultPointcutAdvisor(pointcut, interceptor);
    }

    private static Pointcut expression() {
        AspectJExpressionPointcut pointcut = new AspectJExpressionPointcut();
        pointcut.setExpression(POLL);
        return pointcut;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(AopAutoConfiguration.class)
    static class InterceptorConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static Advisor advisor() {
            return SpringLimitBenchmark.advisor(expression(), invocation -> invocation.proceed());
        }

        @Bean
        Work.Ready extension() {
            return new Work.Ready("ready");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(AopAutoConfiguration.class)
    static class ByNameConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static Advisor advisor() {
            NameMatchMethodPointcut pointcut = new NameMatchMethodPointcut();
            pointcut.setClassFilter(ExtensionCapability.class::isAssignableFrom);
            pointcut.setMappedName("poll");
            return SpringLimitBenchmark.advisor(pointcut, invocation -> invocation.proceed());
        }

        @Bean
        Work.Ready extension() {
            return new Work.Ready("ready");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(AopAutoConfiguration.class)
    static class AroundConfiguration {

        @Bean
        Nothing nothing() {
            return new Nothing();
        }

        @Bean
        Work.Ready extension() {
            return new Work.Ready("ready");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(AopAutoConfiguration.class)
    static class CatchingConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static Advisor advisor() {
            return SpringLimitBenchmark.advisor(expression(), invocation -> {
                try {
                    return invocation.proceed();
                } catch (Throwable thrown) {
                    return null;
                }
            });
        }

        @Bean
        Work.Panicking extension() {
            return new Work.Panicking("panicking");
        }
    }

    /** Does nothing around a call. */
    @Aspect
    static class Nothing {

        @Around(POLL)
        public @Nullable Object poll(ProceedingJoinPoint call) throws Throwable {
            return call.proceed();
        }
    }
}
