package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads what a recording of Java Flight Recorder contains about a guard. */
@Timeout(120)
class FlightRecorderTest {

    private static final String ILLEGAL_STATE = "java.lang.IllegalStateException";

    @TempDir
    private Path directory;

    private final ManualTicker ticker = new ManualTicker();
    private final RecordingListener listener = new RecordingListener();
    private final Recording recording = new Recording();
    private ExtensionGuard guard = ExtensionGuard.ofDefaults();

    private ExtensionGuard guardWith(PhasePolicy poll) {
        guard = ExtensionGuard.builder()
                .ticker(ticker)
                .jitter(() -> 0.5)
                .policy(Phase.POLL, poll)
                .listener(listener)
                .build();
        return guard;
    }

    @AfterEach
    void close() {
        recording.close();
        guard.close();
    }

    private List<RecordedEvent> recorded(String name) throws IOException {
        Path file = directory.resolve("recording.jfr");
        if (recording.getState() == RecordingState.RUNNING) {
            recording.stop();
        }
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.safe." + name))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    private static Map<String, Object> fields(RecordedEvent event) {
        Map<String, Object> fields = new TreeMap<>();
        for (ValueDescriptor field : event.getFields()) {
            if (!List.of("startTime", "duration", "eventThread", "stackTrace").contains(field.getName())) {
                Object value = event.getValue(field.getName());
                fields.put(field.getName(), value == null ? "none" : value);
            }
        }
        return fields;
    }

    private static PhasePolicy quiet(int burst) {
        return Unquarantined.POLL.toBuilder()
                .log(new LogPolicy(burst, Duration.ofMinutes(1), StackTraceLogging.NEVER))
                .build();
    }

    @Test
    void shouldRecordEachPanicWhetherItIsLoggedOrNot() throws Exception {
        guardWith(quiet(1));
        TestExtension extension = new TestExtension("network.udp", () -> {
            throw new IllegalStateException("line\nbreak");
        });
        guard.callPoll(extension);
        recording.start();
        guard.apply(Policies.builder().policy(Phase.POLL, quiet(2)).build());
        for (int i = 0; i < 5_000; i++) {
            guard.callPoll(extension);
        }

        List<RecordedEvent> panics = recorded("Panic");
        assertThat(panics).hasSize(5_000);
        Map<String, Object> first = fields(panics.get(0));
        assertThat((String) first.remove("location")).contains("(FlightRecorderTest.java:");
        assertThat(first)
                .isEqualTo(new TreeMap<>(Map.of(
                        "extension", "network.udp",
                        "phase", "poll",
                        "type", ILLEGAL_STATE,
                        "message", "line\\nbreak",
                        "function", "none",
                        "stepId", "none",
                        "action", "suppressed",
                        "logged", true,
                        "count", 2L)));
        assertThat(fields(panics.get(4_999)))
                .isEqualTo(new TreeMap<>(Map.of(
                        "extension", "network.udp",
                        "phase", "poll",
                        "type", ILLEGAL_STATE,
                        "message", "line\\nbreak",
                        "location", "none",
                        "function", "none",
                        "stepId", "none",
                        "action", "suppressed",
                        "logged", false,
                        "count", 5_001L)));
        assertThat(panics).allSatisfy(panic -> assertThat(panic.getStackTrace()).isNull());
        assertThat(panics.get(0).getThread().getJavaName())
                .isEqualTo(Thread.currentThread().getName());
    }

    @Test
    void shouldRecordWhichFunctionWhichStepAndWhatWasDone() throws Exception {
        recording.start();
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException());
        guard.callFinalize(extension, 42);
        IntSupplier function = guard.hostFunction("a", "clock\u001B", IntSupplier.class, () -> {
            throw new InternalError("machine");
        });
        assertThatThrownBy(function::getAsInt).isInstanceOf(InternalError.class);
        assertThatThrownBy(() -> guard.callSetup(extension, new SetupEnv("cell", directory, Map.of())))
                .isInstanceOf(ExtensionPanicException.class);

        List<RecordedEvent> panics = recorded("Panic");
        assertThat(panics)
                .extracting(panic -> panic.getString("phase") + " " + panic.getString("stepId") + " "
                        + panic.getString("function") + " " + panic.getString("message") + " "
                        + panic.getString("action"))
                .containsExactly(
                        "finalize 42 null null suppressed",
                        "host null clock\\u001B machine rethrown",
                        "setup null null null thrown");
    }

    @Test
    void shouldRecordQuarantineAndRelease() throws Exception {
        guardWith(PhasePolicy.builder(Phase.POLL)
                .quarantine(QuarantinePolicy.builder()
                        .enabled(true)
                        .threshold(2)
                        .maxTrips(2)
                        .build())
                .build());
        recording.start();
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        guard.callPoll(extension);
        guard.callPoll(extension);
        ticker.advance(Duration.ofSeconds(1));
        guard.callPoll(extension);
        guard.release("a", Phase.POLL);

        List<RecordedEvent> quarantines = recorded("Quarantine");
        assertThat(quarantines)
                .extracting(event -> event.getString("extension") + " " + event.getString("phase") + " "
                        + event.getString("state") + " " + event.getInt("trips") + " " + event.getString("reason"))
                .containsExactly(
                        "a poll quarantined 1 2 panics within 10s, last " + ILLEGAL_STATE + ": boom",
                        "a poll disabled 2 trip 2: the probe panicked: " + ILLEGAL_STATE + ": boom");
        assertThat(quarantines.get(0).getInstant("until"))
                .isAfter(quarantines.get(0).getStartTime());
        assertThat(quarantines.get(1).getLong("until")).isEqualTo(Long.MIN_VALUE);
        assertThat(recorded("Release")).singleElement().satisfies(release -> {
            assertThat(release.getString("extension")).isEqualTo("a");
            assertThat(release.getString("phase")).isEqualTo("poll");
            assertThat(release.getString("reason")).isNotBlank();
        });
    }

    @Test
    void shouldRecordAnOverrun() throws Exception {
        guardWith(quiet(0).toBuilder()
                .budget(new BudgetPolicy(Duration.ofMillis(250), OnOverrun.REPORT))
                .build());
        recording.start();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        TestExtension extension = new TestExtension("a", () -> {
            hanging.countDown();
            end.await();
            return null;
        });
        Thread caller = new Thread(() -> guard.callPoll(extension), "the\ncaller");
        caller.start();
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Eventually.holds(Duration.ofSeconds(10), () -> caller.getState() == Thread.State.WAITING))
                .isTrue();
        ticker.advance(Duration.ofSeconds(1));
        guard.look();
        assertThat(Eventually.holds(
                        Duration.ofSeconds(10),
                        () -> listener.all(OverrunReport.class).size() == 1))
                .isTrue();
        end.countDown();
        caller.join();

        assertThat(recorded("Overrun")).singleElement().satisfies(overrun -> {
            Map<String, Object> fields = fields(overrun);
            assertThat((String) fields.remove("stuckAt")).contains("CountDownLatch.await", " < ");
            assertThat(overrun.getDuration("limit")).isEqualTo(Duration.ofMillis(250));
            fields.remove("limit");
            assertThat(fields)
                    .isEqualTo(new TreeMap<>(Map.of(
                            "extension",
                            "a",
                            "phase",
                            "poll",
                            "stuckThread",
                            "the\\ncaller",
                            "interrupted",
                            false,
                            "logged",
                            true,
                            "count",
                            1L)));
        });
    }

    @Test
    void shouldDescribeItsEventsToPeople() throws Exception {
        guardWith(quiet(0));
        recording.start();
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));

        EventType panic = recorded("Panic").get(0).getEventType();
        assertThat(panic.getLabel()).isEqualTo("Panic");
        assertThat(panic.getDescription()).isEqualTo("An extension threw what it does not declare");
        assertThat(panic.getCategoryNames()).containsExactly("Safe");
        assertThat(panic.getFields())
                .allSatisfy(field -> assertThat(field.getLabel()).isNotBlank());
    }

    @Test
    void shouldStillSuppressPanicsOnceARecordingHasEnded() throws Exception {
        guardWith(quiet(0));
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        recording.start();
        guard.callPoll(extension);
        assertThat(recorded("Panic")).hasSize(1);
        assertThat(FlightLog.find().recordsPanics()).isFalse();
        assertThat(guard.callPoll(extension)).isNull();
    }
}
