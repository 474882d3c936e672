package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What frameworks need: to remove a listener, and to know whether an instance is contained already. */
class GuardIntegrationTest {

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();
    private final TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));

    private record Recording(List<String> events) implements GuardListener {

        Recording() {
            this(new ArrayList<>());
        }

        @Override
        public void onCount(String extension, Phase phase, Tally tally, long total) {
            events.add(extension + " " + tally + " " + total);
        }

        @Override
        public void onPanic(PanicReport report, Throwable cause) {
            events.add(report.panic());
        }
    }

    @Test
    void shouldNotNotifyAListenerThatWasRemoved() {
        Recording removed = new Recording();
        Recording kept = new Recording(); // Equal to the other one, but listeners are found by identity.
        guard.addListener(removed);
        guard.addListener(kept);
        guard.callPoll(extension);
        guard.removeListener(removed);
        guard.removeListener(removed);
        guard.callPoll(extension);
        assertThat(removed.events()).containsExactly("a PANICS 1", "java.lang.IllegalStateException: boom");
        assertThat(kept.events())
                .containsExactly(
                        "a PANICS 1",
                        "java.lang.IllegalStateException: boom",
                        "a PANICS 2",
                        "java.lang.IllegalStateException: boom");
        guard.removeListener(kept);
        guard.callPoll(extension);
        assertThat(kept.events()).hasSize(4);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(3);
    }

    @Test
    void shouldNotifyAListenerThatWasRemovedAndAddedAgain() {
        Recording listener = new Recording();
        guard.addListener(listener);
        guard.removeListener(listener);
        guard.callPoll(extension);
        guard.addListener(listener);
        guard.callPoll(extension);
        assertThat(listener.events()).containsExactly("a PANICS 2", "java.lang.IllegalStateException: boom");
    }

    @Test
    @SuppressWarnings("DataFlowIssue")
    void shouldRefuseToRemoveNull() {
        assertThatThrownBy(() -> guard.removeListener(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("'listener' must not be null");
    }

    @Test
    void shouldKnowDecoratorsOfAnyGuard() {
        assertThat(guard.isGuarded(extension)).isFalse();
        assertThat(guard.isGuarded(guard.guarded(extension))).isTrue();
        assertThat(guard.isGuarded(ExtensionGuard.ofDefaults().guarded(extension)))
                .isTrue();
    }
}
