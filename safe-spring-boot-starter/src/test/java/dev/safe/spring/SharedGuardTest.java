package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.GuardListener;
import dev.safe.PanicReport;
import dev.safe.Phase;
import dev.safe.TeardownContext;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.testing.Panicking;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.EventListener;

/** Contexts that share a guard, all of them configured by Safe: a parent and its children. */
@ExtendWith(OutputCaptureExtension.class)
class SharedGuardTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<ConfigurableApplicationContext> open = new ArrayList<>();

    @AfterEach
    void close() {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    static class Recording implements GuardListener {

        final List<String> heard = new CopyOnWriteArrayList<>();

        @EventListener
        void event(ExtensionPanicEvent event) {
            heard.add("event " + event.report().extension());
        }

        @EventListener
        void event(ExtensionQuarantinedEvent event) {
            heard.add("quarantined " + event.report().extension());
        }

        @Override
        public void onPanic(PanicReport report, Throwable cause) {
            heard.add("panic " + report.extension());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({AopAutoConfiguration.class, SafeAutoConfiguration.class})
    static class Safe {}

    @Configuration(proxyBeanMethods = false)
    static class Parent {

        @Bean
        Panicking parents() {
            return new Panicking("parents");
        }

        @Bean
        Recording parentsRecording() {
            return new Recording();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Child {

        @Bean
        Panicking childs() {
            return new Panicking("childs");
        }

        @Bean
        Recording childsRecording() {
            return new Recording();
        }
    }

    private ConfigurableApplicationContext start(
            @Nullable ConfigurableApplicationContext parent, Class<?>... configurations) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(configurations).web(WebApplicationType.NONE);
        ConfigurableApplicationContext started = (parent == null ? application : application.parent(parent)).run();
        open.add(started);
        return started;
    }

    private static ExtensionCapability extension(ConfigurableApplicationContext context, String bean) {
        return context.getBean(bean, ExtensionCapability.class);
    }

    private static List<String> heard(ConfigurableApplicationContext context, String bean) {
        return context.getBean(bean, Recording.class).heard;
    }

    @Test
    void shouldReportAPanicOnceHoweverManyContextsShareTheGuard(CapturedOutput output) {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        ConfigurableApplicationContext first = start(parent, Safe.class, Child.class);
        start(parent, Safe.class);
        assertThat(extension(parent, "parents").poll()).isNull();
        assertThat(extension(first, "childs").poll()).isNull();

        ExtensionGuard guard = parent.getBean(ExtensionGuard.class);
        assertThat(first.getBean(ExtensionGuard.class)).isSameAs(guard);
        assertThat(guard.snapshot("parents").orElseThrow().phase(Phase.POLL).panics())
                .isOne();
        assertThat(guard.snapshot("childs").orElseThrow().phase(Phase.POLL).panics())
                .isOne();
        assertThat(heard(parent, "parentsRecording"))
                .containsExactlyInAnyOrder("panic parents", "event parents", "panic childs", "event childs");
        assertThat(heard(first, "childsRecording"))
                .containsExactlyInAnyOrder("panic parents", "panic childs", "event childs");
        assertThat(output.getAll().lines().filter(line -> line.contains("extension poll panicked")))
                .hasSize(2);
    }

    @Test
    void shouldPublishWhatIsNotABeanInTheContextThatCameUpFirst() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        ConfigurableApplicationContext child = start(parent, Safe.class, Child.class);
        parent.getBean(ExtensionGuard.class).callPoll(new Panicking("loose"));
        assertThat(heard(parent, "parentsRecording")).containsExactlyInAnyOrder("panic loose", "event loose");
        assertThat(heard(child, "childsRecording")).containsExactly("panic loose");
    }

    @Test
    void shouldPublishOnceWhatTwoChildrenHave() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        ConfigurableApplicationContext first = start(parent, Safe.class, Child.class);
        ConfigurableApplicationContext second = start(parent, Safe.class, Child.class);
        assertThat(extension(second, "childs").poll()).isNull();
        assertThat(heard(parent, "parentsRecording")).containsExactlyInAnyOrder("panic childs", "event childs");
        first.close();
        ExtensionGuard guard = parent.getBean(ExtensionGuard.class);
        assertThat(guard.snapshot("childs").orElseThrow().phase(Phase.POLL).panics())
                .as("the second child has it still")
                .isOne();
        assertThat(extension(second, "childs").poll()).isNull();
        assertThat(heard(second, "childsRecording"))
                .containsExactlyInAnyOrder("panic childs", "panic childs", "event childs");
        second.close();
        assertThat(guard.snapshot("childs")).isEmpty();
    }

    @Test
    void shouldTakeAClosedContextOffTheGuard() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        ConfigurableApplicationContext child = start(parent, Safe.class, Child.class);
        List<String> heard = heard(child, "childsRecording");
        child.close();
        ExtensionGuard guard = parent.getBean(ExtensionGuard.class);
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("parents");
        assertThat(extension(parent, "parents").poll()).isNull();
        assertThat(heard).isEmpty();
        assertThat(heard(parent, "parentsRecording")).containsExactlyInAnyOrder("panic parents", "event parents");
    }

    static class TearingDown implements DisposableBean {

        private final ExtensionCapability extension;

        TearingDown(ExtensionCapability extension) {
            this.extension = extension;
        }

        @Override
        public void destroy() throws Exception {
            extension.teardown(new TeardownContext(Instant.now().plus(Duration.ofSeconds(1))));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Orderly {
        @Bean
        TearingDown tearingDown(Panicking childs) {
            return new TearingDown(childs);
        }
    }

    @Test
    void shouldReportWhatIsThrownWhileAContextClosesAndLeaveNothing() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        ConfigurableApplicationContext child = start(parent, Safe.class, Child.class, Orderly.class);
        List<String> heard = heard(child, "childsRecording");
        child.close();
        assertThat(heard).contains("panic childs");
        assertThat(parent.getBean(ExtensionGuard.class).snapshots())
                .extracting(ExtensionSnapshot::name)
                .containsExactly("parents");
    }

    @Test
    void shouldAttachAListenerThatIsABeanOfBothContextsOnce() {
        Recording shared = new Recording();
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        List<ConfigurableApplicationContext> children = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ConfigurableApplicationContext child = new SpringApplicationBuilder(Safe.class)
                    .parent(parent)
                    .web(WebApplicationType.NONE)
                    .initializers(context -> context.getBeanFactory().registerSingleton("shared", shared))
                    .run();
            open.add(child);
            children.add(child);
        }
        extension(parent, "parents").poll();
        assertThat(shared.heard).containsExactly("panic parents");
        children.get(0).close();
        extension(parent, "parents").poll();
        assertThat(shared.heard).hasSize(2);
        children.get(1).close();
        extension(parent, "parents").poll();
        assertThat(shared.heard).hasSize(2);
    }

    @Configuration(proxyBeanMethods = false)
    static class Anew {
        @Bean
        @Scope("prototype")
        GuardListener anew(List<String> heard) {
            return new GuardListener() {
                @Override
                public void onPanic(PanicReport report, Throwable cause) {
                    heard.add("panic " + report.extension());
                }
            };
        }

        @Bean
        List<String> heard() {
            return new CopyOnWriteArrayList<>();
        }
    }

    /** Each request for a prototype makes a new instance, so only the context that defines it may ask for it. */
    @Test
    void shouldLeaveTheListenersOfAParentToTheParent() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class, Anew.class);
        start(parent, Safe.class, Child.class);
        assertThat(extension(parent, "parents").poll()).isNull();
        assertThat(parent.getBean("heard")).isEqualTo(List.of("panic parents"));
    }

    @Test
    void shouldFindABeanNewAfterItsExtensionWasRemoved() {
        ConfigurableApplicationContext context = start(null, Safe.class, Parent.class);
        ExtensionGuard guard = context.getBean(ExtensionGuard.class);
        ExtensionCapability bean = extension(context, "parents");
        assertThat(bean.poll()).isNull();
        assertThat(guard.callPoll(bean)).isNull();
        guard.remove("parents");
        assertThat(bean.poll()).isNull();
        assertThat(guard.callPoll(bean)).isNull();
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("parents");
        assertThat(guard.snapshot("parents").orElseThrow().phase(Phase.POLL).panics())
                .isEqualTo(2);
        assertThat(heard(context, "parentsRecording"))
                .filteredOn("event parents"::equals)
                .hasSize(4);
    }

    @Test
    void shouldKeepNoContextThatWasClosed() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        List<WeakReference<ConfigurableApplicationContext>> closed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            closed.add(startUseAndClose(parent));
        }
        long start = System.nanoTime();
        while (System.nanoTime() - start < LIMIT.toNanos() && closed.stream().anyMatch(child -> child.get() != null)) {
            System.gc();
        }
        assertThat(closed).allSatisfy(child -> assertThat(child.get()).isNull());
    }

    private static WeakReference<ConfigurableApplicationContext> startUseAndClose(
            ConfigurableApplicationContext parent) {
        ConfigurableApplicationContext child = new SpringApplicationBuilder(Safe.class, Child.class)
                .parent(parent)
                .web(WebApplicationType.NONE)
                .run();
        for (int i = 0; i < 10; i++) {
            extension(child, "childs").poll();
        }
        child.getBean(ContainmentCheck.class).unguarded();
        child.close();
        return new WeakReference<>(child);
    }

    /** The policies are those of the guard's own context, even after a refresh of this one. */
    @Test
    void shouldLeaveAnAncestorsPoliciesAlone() {
        ConfigurableApplicationContext parent = start(null, Safe.class, Parent.class);
        ConfigurableApplicationContext child = new SpringApplicationBuilder(Safe.class, Child.class)
                .parent(parent)
                .web(WebApplicationType.NONE)
                .properties("safe.phases.poll.on-panic=throw")
                .run();
        open.add(child);
        child.publishEvent(new org.springframework.cloud.context.environment.EnvironmentChangeEvent(
                child, java.util.Set.of("safe")));
        assertThat(extension(parent, "parents").poll()).isNull();
        assertThat(extension(child, "childs").poll()).isNull();
    }
}
