package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionPanicException;
import dev.safe.GuardListener;
import dev.safe.PanicReport;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aspectj.lang.annotation.Around;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.aspectj.AspectJExpressionPointcut;
import org.springframework.aop.aspectj.annotation.AspectJProxyFactory;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

class ExtensionAdvisorTest {

    /** Has methods that are named like entry points and are not. */
    static class Overloading implements ExtensionCapability {

        @Override
        public String name() {
            return "overloading";
        }

        @Override
        public @Nullable StepEvent poll() {
            return null;
        }

        public @Nullable StepEvent poll(int times) {
            return null;
        }

        public void setup() {}

        @Override
        public void setup(SetupEnv env) {}

        public void finalizeStep(Long id) {}
    }

    static class Inheriting extends Overloading {}

    static class Panicking implements ExtensionCapability {

        @Override
        public String name() {
            return "panicking";
        }

        @Override
        public void setup(SetupEnv env) {
            throw new IllegalStateException("setup");
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("poll");
        }

        @Override
        public void finalizeStep(long id) {
            throw new IllegalStateException("finalize");
        }

        @Override
        public void teardown(TeardownContext context) {
            throw new IllegalStateException("teardown");
        }
    }

    /** Has the same methods, but is not an extension. */
    static class Unrelated {

        public @Nullable StepEvent poll() {
            return null;
        }
    }

    private final ExtensionAdvisor advisor =
            new ExtensionAdvisor(new DefaultListableBeanFactory().getBeanProvider(ExtensionGuard.class));

    @Test
    void shouldMatchWhatThePointcutsOfTheAspectMatch() {
        List<AspectJExpressionPointcut> pointcuts = pointcuts();
        List<Method> matching = new ArrayList<>();
        for (Class<?> type : new Class<?>[] {Overloading.class, Inheriting.class, ExtensionCapability.class}) {
            for (Method method : type.getMethods()) {
                boolean matches = advisor.matches(method, type);
                assertThat(matches)
                        .as(method.toString())
                        .isEqualTo(method.getName().equals("name") // answered without the extension
                                || pointcuts.stream().anyMatch(pointcut -> pointcut.matches(method, type)));
                if (matches) {
                    matching.add(method);
                }
            }
        }
        assertThat(pointcuts).hasSize(4);
        assertThat(matching).hasSize(3 * 5);
        assertThat(AopUtils.canApply((Advisor) advisor, Unrelated.class)).isFalse();
        assertThat(AopUtils.canApply((Advisor) advisor, Inheriting.class)).isTrue();
    }

    private static List<AspectJExpressionPointcut> pointcuts() {
        List<AspectJExpressionPointcut> pointcuts = new ArrayList<>();
        for (Method advice : ExtensionAspect.class.getMethods()) {
            if (advice.isAnnotationPresent(Around.class)) {
                AspectJExpressionPointcut pointcut = new AspectJExpressionPointcut();
                pointcut.setExpression(advice.getAnnotation(Around.class).value());
                pointcuts.add(pointcut);
            }
        }
        return pointcuts;
    }

    /** Compares Spring's own way from the aspect to the advice with ours. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCallTheAdviceOfTheEntryPoint(boolean springs) throws Exception {
        List<Phase> phases = new ArrayList<>();
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
            guard.addListener(new GuardListener() {
                @Override
                public void onPanic(PanicReport report, Throwable cause) {
                    phases.add(report.phase());
                }
            });
            ExtensionCapability extension = springs ? advisedBySpring(guard) : advised(guard);
            assertThatThrownBy(() -> extension.setup(new SetupEnv("cell", Path.of("."), Map.of())))
                    .isInstanceOf(ExtensionPanicException.class);
            assertThat(extension.poll()).isNull();
            extension.finalizeStep(1);
            extension.teardown(new TeardownContext(Instant.now()));
        }
        assertThat(phases).containsExactly(Phase.SETUP, Phase.POLL, Phase.FINALIZE, Phase.TEARDOWN);
    }

    private static ExtensionCapability advisedBySpring(ExtensionGuard guard) {
        AspectJProxyFactory factory = new AspectJProxyFactory(new Panicking());
        factory.addAspect(new ExtensionAspect(guard));
        return factory.getProxy();
    }

    private static ExtensionCapability advised(ExtensionGuard guard) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("guard", guard);
        ProxyFactory factory = new ProxyFactory(new Panicking());
        factory.addAdvisor(new ExtensionAdvisor(beans.getBeanProvider(ExtensionGuard.class)));
        return (ExtensionCapability) factory.getProxy();
    }
}
