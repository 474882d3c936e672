package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counts once what passes several guards. */
class NestedGuardsTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();

    private void call(Phase phase, ExtensionCapability capability) throws Exception {
        switch (phase) {
            case SETUP -> guard.callSetup(capability, ENV);
            case POLL -> assertThat(guard.callPoll(capability)).isNull();
            case FINALIZE -> guard.callFinalize(capability, 42);
            case TEARDOWN -> guard.callTeardown(capability, CONTEXT);
            case HOST ->
                guard.hostFunction("a", "f", Runnable.class, capability::poll).run();
        }
    }

    private PhaseSnapshot counts(Phase phase) {
        return guard.snapshot("a").orElseThrow().phase(phase);
    }

    @Test
    void shouldCountOnceHoweverManyGuardsAreNested() {
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException());
        ExtensionCapability guarded = guard.guarded(extension);
        assertThat(guard.guarded(guarded)).isSameAs(guarded);
        assertThat(guard.callPoll(guarded)).isNull();
        assertThatThrownBy(() -> guard.callSetup(guarded, ENV)).isInstanceOf(ExtensionPanicException.class);
        assertThat(counts(Phase.POLL).panics()).isOne();
        assertThat(counts(Phase.SETUP).panics()).isOne();
        assertThat(extension.names).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldCountAFatalErrorOnceHoweverManyGuardsAreNested(Phase phase) {
        OutOfMemoryError always = new OutOfMemoryError("the one that the machine keeps ready"); // again and again
        ExtensionCapability nested =
                guard.guarded(new ForwardingExtension(guard.guarded(TestExtension.throwing("a", always))));
        for (int times = 1; times <= 3; times++) {
            assertThat(catchThrowable(() -> call(phase, nested))).isSameAs(always);
            assertThat(counts(phase).panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountTheErrorThatSetupReturnedOnceHoweverManyGuardsAreNested() {
        IOException always = new IOException("no such device");
        ExtensionCapability nested =
                guard.guarded(new ForwardingExtension(guard.guarded(TestExtension.throwing("a", always))));
        for (int times = 1; times <= 3; times++) {
            assertThat(catchThrowable(() -> guard.callSetup(nested, ENV))).isSameAs(always);
            assertThat(counts(Phase.SETUP).errors()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountTheSameFatalErrorOfEachThread() throws Exception {
        OutOfMemoryError always = new OutOfMemoryError();
        ExtensionCapability extension = guard.guarded(TestExtension.throwing("a", always));
        for (int times = 1; times <= 3; times++) {
            Thread caller = new Thread(() -> catchThrowable(extension::poll));
            caller.start();
            caller.join();
            assertThat(counts(Phase.POLL).panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountThePanicOfAnExtensionThatAnotherLetsThrough() {
        ExtensionCapability inner = guard.guarded(TestExtension.throwing("inner", new IllegalStateException()));
        TestExtension outer = new TestExtension("a", () -> {
            inner.setup(ENV);
            return null;
        });
        assertThatThrownBy(() -> guard.callSetup(outer, ENV))
                .hasMessageStartingWith(
                        "extension \"a\" panic during setup: dev.safe.ExtensionPanicException: extension \"inner\"");
        assertThat(counts(Phase.SETUP).panics()).isOne();
    }
}
