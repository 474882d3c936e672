package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.RecordingListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What goes to the listeners, what is recorded, and in which words. */
class ReporterTest {

    private static final IllegalStateException BOOM = new IllegalStateException("boom\n");

    private static final QuarantineReport QUARANTINE =
            new QuarantineReport("a", Phase.POLL, QuarantineState.QUARANTINED, 1, null, "by hand", false);

    /** Notes what it is given, then fails if it is to. */
    private static final class Recording implements FlightLog {

        private final List<String> lines = new ArrayList<>();
        private final List<PanicReport> panics = new ArrayList<>();
        private boolean recording = true;
        private @Nullable RuntimeException failure;

        @Override
        public boolean recordsPanics() {
            return recording;
        }

        @Override
        public boolean recordsOverruns() {
            return recording;
        }

        @Override
        public void panicked(PanicReport report, boolean logged, long count) {
            panics.add(report);
            note("panic, logged " + logged + ", " + count);
        }

        @Override
        public void quarantined(QuarantineReport report) {
            note("quarantined " + report.reason());
        }

        @Override
        public void released(QuarantineReport report) {
            note("released " + report.reason());
        }

        @Override
        public void overran(OverrunReport report, boolean logged, long count) {
            note("overrun, logged " + logged + ", " + count);
        }

        private void note(String line) {
            lines.add(line);
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final Extension extension = ExtensionGuard.ofDefaults().registry().named("a");
    private final Recording recording = new Recording();
    private final RecordingListener listener = new RecordingListener();
    private final Listeners listeners = new Listeners(LoggerFactory.getLogger(ReporterTest.class), () -> 0);
    private final Reporter reporter = new Reporter(listeners, recording);

    ReporterTest() {
        listeners.add(listener);
        extension.boundary(Phase.POLL).count(Tally.PANICS);
        extension.boundary(Phase.POLL).count(Tally.OVERRUNS);
        extension.boundary(Phase.POLL).count(Tally.OVERRUNS);
    }

    private boolean panic() {
        return reporter.panicked(extension, Phase.POLL, "f\n", 7L, BOOM, PanicAction.SUPPRESSED, true);
    }

    private void overrun(OnOverrun onOverrun, boolean logged) {
        reporter.overran(
                extension,
                Phase.POLL,
                new BudgetPolicy(Duration.ofMillis(250), onOverrun),
                new Thread("poller\n"),
                new StackTraceElement[] {new StackTraceElement("com.acme.Udp", "poll", "Udp.java", 3)},
                logged);
    }

    @Test
    void shouldTakeCountsForAsLongAsAListenerIsThere() {
        RecordingListener other = new RecordingListener();
        listeners.add(other);
        reporter.counted(extension, Phase.POLL, Tally.PANICS, 3);
        listeners.remove(listener);
        assertThat(reporter.isCounting()).isTrue();
        listeners.remove(other);
        assertThat(reporter.isCounting()).isFalse();
        reporter.counted(extension, Phase.POLL, Tally.PANICS, 4);
        assertThat(listener.lines(RecordingListener.Counted.class))
                .containsExactly("poll PANICS 3")
                .isEqualTo(other.lines(RecordingListener.Counted.class));
    }

    @Test
    void shouldTakeNoCountsForTheLog() {
        Listeners logOnly = new Listeners(LoggerFactory.getLogger(ReporterTest.class), () -> 0);
        logOnly.addLog(new PanicLog((name, phase) -> PhasePolicy.builtIn(phase), LoggerFactory.getLogger("none")));
        assertThat(new Reporter(logOnly, recording).isCounting()).isFalse();
    }

    private static void assertReport(PanicReport report, PanicAction action, boolean first) {
        assertThat(report)
                .extracting(
                        PanicReport::extension,
                        PanicReport::phase,
                        PanicReport::panic,
                        PanicReport::function,
                        PanicReport::id,
                        PanicReport::action,
                        PanicReport::first)
                .containsExactly(
                        "a", Phase.POLL, "java.lang.IllegalStateException: boom\\n", "f\\n", 7L, action, first);
    }

    @Test
    void shouldReportAPanicRecordItAndKeepItAsARecentOne() {
        assertThat(panic()).isTrue();
        PanicReport report = listener.all(PanicReport.class).get(0);
        assertReport(report, PanicAction.SUPPRESSED, true);
        assertThat(recording.lines).containsExactly("panic, logged true, 1");
        assertThat(recording.panics).containsExactly(report);
        assertThat(extension.recentPanics().of(Phase.POLL))
                .extracting(PanicSnapshot::fingerprint)
                .containsExactly(report.fingerprint());
    }

    @Test
    void shouldRecordAPanicThatTheLogIsSilentAbout() {
        reporter.recordSilenced(extension, Phase.POLL, "f\n", 7L, BOOM, PanicAction.THROWN);
        assertThat(recording.lines).containsExactly("panic, logged false, 1");
        assertReport(recording.panics.get(0), PanicAction.THROWN, false);
        assertThat(listener.all(PanicReport.class)).isEmpty();
        assertThat(extension.recentPanics().of(Phase.POLL)).isEmpty();
    }

    @Test
    void shouldNameNoFunctionWhereThereIsNone() {
        reporter.recordSilenced(extension, Phase.POLL, null, null, BOOM, PanicAction.THROWN);
        reporter.panicked(extension, Phase.POLL, null, null, BOOM, PanicAction.THROWN, false);
        assertThat(recording.panics).extracting(PanicReport::function).containsExactly(null, null);
    }

    @Test
    void shouldRecordNoPanicsUnlessAsked() {
        recording.recording = false;
        panic();
        reporter.recordSilenced(extension, Phase.POLL, null, null, BOOM, PanicAction.THROWN);
        assertThat(recording.lines).isEmpty();
        assertThat(listener.all(PanicReport.class)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, 1, 'overrun, logged true, 2'",
        "true, false, 0, 'overrun, logged false, 2'",
        "false, true, 1, 'overrun, logged true, 2'",
        "false, false, 0, ''"
    })
    void shouldRecordOverrunsThatTheLogIsSilentAboutOnlyIfAsked(
            boolean asked, boolean logged, int reports, String recorded) {
        recording.recording = asked;
        overrun(OnOverrun.REPORT, logged);
        assertThat(listener.all(OverrunReport.class)).hasSize(reports);
        assertThat(String.join(", ", recording.lines)).isEqualTo(recorded);
    }

    @ParameterizedTest
    @CsvSource({"INTERRUPT, true", "REPORT, false"})
    void shouldSayWhatWasDoneAboutAnOverrun(OnOverrun onOverrun, boolean interrupted) {
        overrun(onOverrun, true);
        OverrunReport report = listener.all(OverrunReport.class).get(0);
        assertThat(report)
                .isEqualTo(new OverrunReport(
                        "a",
                        Phase.POLL,
                        report.at(),
                        Duration.ofMillis(250),
                        "poller\\n",
                        List.of("com.acme.Udp.poll(Udp.java:3)"),
                        interrupted));
    }

    @Test
    void shouldRecordAndReportQuarantines() {
        reporter.quarantined(QUARANTINE);
        reporter.released(QUARANTINE);
        assertThat(recording.lines).containsExactly("quarantined by hand", "released by hand");
        assertThat(listener.lines(RecordingListener.Entered.class, RecordingListener.Left.class))
                .containsExactly("QUARANTINED: by hand", "released: by hand");
    }

    @Test
    void shouldReportRestarts() {
        reporter.restarted(new RestartReport("a", Instant.EPOCH, "it was stuck", 2));
        assertThat(listener.lines(RestartReport.class)).containsExactly("restarted a 2: it was stuck");
    }

    @Test
    void shouldReportThoughTheRecordingFails() {
        recording.failure = new IllegalStateException("no room for a recording");
        panic();
        overrun(OnOverrun.REPORT, true);
        reporter.quarantined(QUARANTINE);
        reporter.released(QUARANTINE);
        assertThat(recording.lines).hasSize(4);
        assertThat(listener.lines(PanicReport.class, RecordingListener.Entered.class, RecordingListener.Left.class))
                .containsExactly(
                        "java.lang.IllegalStateException: boom\\n", "QUARANTINED: by hand", "released: by hand");
        assertThat(listener.all(OverrunReport.class)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepTheNewestErrorWhetherOrNotTheLogIsSilentAboutIt(boolean logged) {
        reporter.failed(extension, Phase.SETUP, BOOM, logged);
        ErrorReport error = extension.snapshot().lastError();
        assertThat(error)
                .extracting(ErrorReport::extension, ErrorReport::phase, ErrorReport::error)
                .containsExactly("a", Phase.SETUP, "java.lang.IllegalStateException: boom\\n");
        assertThat(listener.all(ErrorReport.class)).isEqualTo(logged ? List.of(error) : List.of());
    }

    @Test
    void shouldSumUpWhatWasSilencedByTypes() {
        Map<String, Long> kinds = new LinkedHashMap<>();
        kinds.put("com.acme.Boom\n", 2L);
        kinds.put("com.acme.Boom\\n", 3L);
        kinds.put("others", 1L);
        reporter.silenced(extension, Phase.POLL, Tally.PANICS, kinds, Duration.ofSeconds(3));
        reporter.silenced(extension, Phase.POLL, Tally.OVERRUNS, Map.of("overrun", 4L), Duration.ofSeconds(4));
        reporter.silenced(extension, Phase.POLL, Tally.PANICS, Map.of(), Duration.ofSeconds(5));
        assertThat(listener.all(SilenceReport.class))
                .containsExactly(
                        new SilenceReport(
                                "a",
                                Phase.POLL,
                                Tally.PANICS,
                                6,
                                Duration.ofSeconds(3),
                                Map.of("com.acme.Boom\\n", 5L, "others", 1L)),
                        new SilenceReport("a", Phase.POLL, Tally.OVERRUNS, 4, Duration.ofSeconds(4), Map.of()));
    }
}
