package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.lang.management.ManagementFactory;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A call of an advised bean allocates what Spring allocates for any advice, and not a byte more. */
class AdvisedAllocationTest {

    private static final int CALLS = 50_000;
    private static final StepEvent EVENT = new StepEvent("tick", new byte[0], 1, null);

    static class Ready implements ExtensionCapability {

        @Override
        public String name() {
            return "ready";
        }

        @Override
        public @Nullable StepEvent poll() {
            return EVENT;
        }
    }

    @Aspect
    static class NoOp {

        @Around("execution(* dev.safe.ExtensionCapability.poll(..))")
        public @Nullable Object poll(ProceedingJoinPoint call) throws Throwable {
            return call.proceed();
        }

        @Around("execution(* dev.safe.ExtensionCapability.finalizeStep(..))")
        public @Nullable Object finalizeStep(ProceedingJoinPoint call) throws Throwable {
            return call.proceed();
        }
    }

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withBean(Ready.class)
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class));
    private final ApplicationContextRunner noOp = runner.withBean(NoOp.class);
    private final ApplicationContextRunner contained =
            runner.withConfiguration(AutoConfigurations.of(SafeAutoConfiguration.class));

    private interface Entry {

        void call(ExtensionCapability extension);
    }

    private static double bytesPerCall(ApplicationContextRunner runner, Entry entry) {
        double[] bytes = new double[1];
        runner.run(context -> {
            ExtensionCapability bean = context.getBean(Ready.class);
            assertThat(AopUtils.isAopProxy(bean)).isTrue();
            bytes[0] = bytesPerCall(bean, entry);
        });
        return bytes[0];
    }

    private static double bytesPerCall(ExtensionCapability extension, Entry entry) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < CALLS; i++) {
            entry.call(extension);
        }
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < CALLS; i++) {
            entry.call(extension);
        }
        return (double) (threads.getThreadAllocatedBytes(thread) - before) / CALLS;
    }

    @Test
    void shouldNotAllocateMoreToPollThanAnAspectThatDoesNothing() {
        double least = bytesPerCall(noOp, ExtensionCapability::poll);
        assertThat(least).isGreaterThan(50);
        assertThat(bytesPerCall(contained, ExtensionCapability::poll)).isLessThan(least + 1);
    }

    @Test
    void shouldNotAllocateMoreToFinalizeThanAnAspectThatDoesNothing() {
        double least = bytesPerCall(noOp, extension -> extension.finalizeStep(7));
        assertThat(least).isGreaterThan(50);
        assertThat(bytesPerCall(contained, extension -> extension.finalizeStep(7)))
                .isLessThan(least + 1);
    }

    @Test
    void shouldNotAllocateMoreToRejectThanAnAspectThatDoesNothing() {
        double least = bytesPerCall(noOp, ExtensionCapability::poll);
        contained.run(context -> {
            ExtensionCapability bean = context.getBean(Ready.class);
            context.getBean(ExtensionGuard.class).quarantine("ready", Phase.POLL, "to be measured");
            assertThat(bytesPerCall(bean, ExtensionCapability::poll)).isLessThan(least + 1);
        });
    }
}
