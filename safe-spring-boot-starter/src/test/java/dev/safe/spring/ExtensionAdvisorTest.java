package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import java.lang.reflect.Method;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.aspectj.AspectJExpressionPointcut;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

class ExtensionAdvisorTest {

    /** With methods that are no entry points, though their names say so. */
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

    /** The same methods, of no extension. */
    static class Unrelated {

        public @Nullable StepEvent poll() {
            return null;
        }
    }

    private static ExtensionAdvisor advisor(String entryPoint) {
        return new ExtensionAdvisor(
                entryPoint, new DefaultListableBeanFactory().getBeanProvider(dev.safe.ExtensionGuard.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "poll", "finalizeStep", "teardown"})
    void shouldMatchWhatThePointcutOfTheAdviceMatches(String entryPoint) throws Exception {
        ExtensionAdvisor advisor = advisor(entryPoint);
        AspectJExpressionPointcut pointcut = new AspectJExpressionPointcut();
        pointcut.setExpression(ExtensionAdvice.class
                .getMethod(entryPoint, ProceedingJoinPoint.class)
                .getAnnotation(Around.class)
                .value());
        int matching = 0;
        for (Class<?> type : new Class<?>[] {Overloading.class, Inheriting.class, ExtensionCapability.class}) {
            for (Method method : type.getMethods()) {
                boolean matches = advisor.matches(method, type);
                assertThat(matches).as(method.toString()).isEqualTo(pointcut.matches(method, type));
                matching += matches ? 1 : 0;
            }
        }
        assertThat(matching).isEqualTo(3);
        assertThat(AopUtils.canApply((Advisor) advisor, Unrelated.class)).isFalse();
        assertThat(AopUtils.canApply((Advisor) advisor, Inheriting.class)).isTrue();
    }

    @Test
    void shouldRefuseWhatIsNoEntryPoint() {
        assertThatThrownBy(() -> advisor("name")).hasMessageContaining("there is no advice for");
        assertThatThrownBy(() -> advisor("lunch")).hasMessage("an extension has no entry point lunch");
    }
}
