package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.RecordingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a supervisor reports to the guard, and what becomes of it. */
class SupervisionTest {

    private final RecordingListener listener = new RecordingListener();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .ticker(new ManualTicker())
            .listener(listener)
            .build();
    private final Supervision supervision = guard.supervise("a");

    @AfterEach
    void close() {
        guard.close();
    }

    private ExtensionSnapshot snapshot() {
        return guard.snapshot("a").orElseThrow();
    }

    private QuarantineState quarantine() {
        return snapshot().phase(Phase.POLL).quarantine().state();
    }

    @Test
    void shouldMakeTheExtensionKnown() {
        assertThat(snapshot().state()).isEqualTo(ExtensionState.NEW);
        assertThat(snapshot().restarts()).isZero();
        assertThat(listener.lines(RecordingListener.Registered.class)).containsExactly("registered a");
    }

    @Test
    void shouldShowWhatTheSupervisorSays() {
        supervision.restarting();
        assertThat(snapshot().state()).isEqualTo(ExtensionState.RESTARTING);
        supervision.running();
        assertThat(snapshot().state()).isEqualTo(ExtensionState.RUNNING);
        supervision.failed();
        assertThat(snapshot().state()).isEqualTo(ExtensionState.FAILED);
    }

    @Test
    void shouldCountRestartsAndReportThem() {
        supervision.restarted("it was stuck\n");
        supervision.restarted("its tick panicked");
        assertThat(supervision.restarts()).isEqualTo(2);
        assertThat(snapshot().restarts()).isEqualTo(2);
        assertThat(listener.lines(RestartReport.class))
                .containsExactly("restarted a 1: it was stuck\\n", "restarted a 2: its tick panicked");
    }

    @Test
    void shouldRefuseAnExtensionThatAnotherSupervisorRuns() {
        assertThatThrownBy(() -> guard.supervise("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("extension \"a\" is run by another supervisor of this guard");
        guard.supervise("b").close();
    }

    @Test
    void shouldGoOnCountingForTheNextSupervisor() {
        supervision.restarted("it was stuck");
        supervision.close();
        assertThat(snapshot().restarts()).isNull();
        Supervision next = guard.supervise("a");
        next.restarted("it was stuck");
        assertThat(next.restarts()).isEqualTo(2);
        assertThat(snapshot().restarts()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheClaimOfTheNextSupervisorWhenTheLastOneClosesTwice() {
        supervision.close();
        Supervision next = guard.supervise("a");
        supervision.close();
        assertThatThrownBy(() -> guard.supervise("a")).isInstanceOf(IllegalStateException.class);
        next.close();
        guard.supervise("a").close();
    }

    @Test
    void shouldEndTheQuarantineThatPanicsLedTo() {
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        for (int i = 0; i < 5; i++) {
            guard.callPoll(extension);
        }
        assertThat(quarantine()).isEqualTo(QuarantineState.QUARANTINED);
        supervision.restarted("it was stuck");
        assertThat(quarantine()).isEqualTo(QuarantineState.CLEAR);
        assertThat(listener.lines(RecordingListener.Left.class, RestartReport.class))
                .containsExactly("released: the extension was restarted", "restarted a 1: it was stuck");
        assertThat(snapshot().phase(Phase.POLL).panics()).isEqualTo(5);
    }

    @Test
    void shouldLeaveTheQuarantineThatAnOperatorImposed() {
        guard.quarantine("a", Phase.POLL, "ticket 4711");
        supervision.restarted("it was stuck");
        assertThat(quarantine()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(listener.lines(RecordingListener.Left.class)).isEmpty();
    }
}
