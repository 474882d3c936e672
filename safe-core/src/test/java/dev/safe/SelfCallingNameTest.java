package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.testing.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Names that call the guard while it asks for them. */
@Timeout(60)
class SelfCallingNameTest {

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();

    @AfterEach
    void close() {
        guard.close();
    }

    /** Asks the guard about itself whenever it is asked for its name. */
    private static final class SelfCalling implements ExtensionCapability {

        private final AtomicInteger names = new AtomicInteger();
        private final List<String> failures = new ArrayList<>();
        private final List<Consumer<ExtensionCapability>> uses;

        SelfCalling(List<Consumer<ExtensionCapability>> uses) {
            this.uses = uses;
        }

        @Override
        public String name() {
            names.incrementAndGet();
            for (Consumer<ExtensionCapability> use : uses) {
                Throwable thrown = catchThrowable(() -> use.accept(this));
                failures.add(thrown.toString());
            }
            return "a";
        }
    }

    @Test
    void shouldAskForANameOnceThoughItCallsTheGuardWithItsOwnInstance() {
        SelfCalling extension = new SelfCalling(List.of(
                guard::callPoll,
                self -> guard.callFinalize(self, 1),
                guard::guarded,
                self -> guard.register(self, "b")));

        assertThat(guard.callPoll(extension)).isNull();
        assertThat(guard.guarded(extension).name()).isEqualTo("a");

        assertThat(extension.names).hasValue(1);
        assertThat(extension.failures)
                .hasSize(4)
                .containsOnly("java.lang.IllegalStateException: name() of " + SelfCalling.class.getName()
                        + " called the guard with its own instance, which has no name yet");
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a");
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.SETUP).panics())
                .isZero();
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldKeepTheNameThatAnInstanceIsRegisteredAsWhileItIsAsked() {
        ExtensionCapability proxy = new ExtensionCapability() {
            @Override
            public String name() {
                guard.registerAs(this, "a");
                throw new IllegalStateException("no name");
            }
        };

        guard.callPoll(proxy);

        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a");
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldContainANameThatCallsTheGuardAndCatchesNothing() {
        AtomicInteger names = new AtomicInteger();
        AtomicInteger polls = new AtomicInteger();
        ExtensionCapability extension = new ExtensionCapability() {
            @Override
            public String name() {
                names.incrementAndGet();
                guard.callPoll(this);
                return "a";
            }

            @Override
            public @Nullable StepEvent poll() {
                polls.incrementAndGet();
                return null;
            }
        };

        for (int i = 0; i < 3; i++) {
            assertThat(guard.callPoll(extension)).isNull();
        }

        assertThat(names).hasValue(1);
        assertThat(polls).hasValue(3);
        assertThat(guard.snapshots()).hasSize(1);
        ExtensionSnapshot unnamed = guard.snapshots().get(0);
        assertThat(unnamed.name()).startsWith("unnamed.SelfCallingNameTest.");
        assertThat(unnamed.state()).isEqualTo(ExtensionState.FAILED);
        assertThat(unnamed.phase(Phase.SETUP).panics()).isOne();
        assertThat(log.messages())
                .singleElement()
                .asString()
                .contains("java.lang.IllegalStateException: name() of "
                        + extension.getClass().getName()
                        + " called the guard with its own instance, which has no name yet");
    }

    @Test
    void shouldLetANameUseTheGuardWithOtherInstances() {
        TestExtension other = new TestExtension("b", () -> null);
        ExtensionCapability extension = () -> {
            guard.callPoll(other);
            return "a";
        };

        guard.callPoll(extension);

        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a", "b");
    }
}
