package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** An extension that its supplier makes when it is set up. */
class MadeExtensionTest {

    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("storage"), Map.of());

    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    @Test
    void shouldDoNothingBeforeItIsSetUp() throws Exception {
        MadeExtension made = new MadeExtension("a", () -> new Scripted("a", log));
        assertThat(made.name()).isEqualTo("a");
        assertThat(made.poll()).isNull();
        made.finalizeStep(1);
        made.teardown(new TeardownContext(Instant.MAX));
        assertThat(log).isEmpty();
    }

    @Test
    void shouldPassOnEachCallOnceItIsSetUp() throws Exception {
        Scripted instance = new Scripted("a", log).emit(7);
        MadeExtension made = new MadeExtension("a", () -> instance);
        made.setup(ENV);
        StepEvent event = made.poll();
        assertThat(event).isNotNull();
        assertThat(event.id()).isEqualTo(7);
        assertThat(made.poll()).isNull();
        made.finalizeStep(7);
        assertThat(instance.finalized).containsExactly(7L);
        made.teardown(new TeardownContext(Instant.MAX));
        assertThat(log).containsExactly("set up a", "torn down a");
    }

    @Test
    void shouldRefuseNothingAndAnotherName() {
        assertThatThrownBy(() -> new MadeExtension("a", () -> null).setup(ENV))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the supplier of \"a\" returned null");
        assertThatThrownBy(() -> new MadeExtension("a", () -> new Scripted("b", log)).setup(ENV))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supplier of \"a\" made an extension that is named \"b\"");
        assertThat(log).isEmpty();
    }
}
