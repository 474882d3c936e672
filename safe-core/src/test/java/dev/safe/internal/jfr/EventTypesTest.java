package dev.safe.internal.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

class EventTypesTest {

    private static final Map<String, Boolean> ALL =
            Map.of("Overrun", true, "Panic", true, "Quarantine", true, "Release", true);

    private final EventTypes types = new JvmRecorder().register();

    private Map<String, Boolean> recorded() {
        return Map.of(
                "Overrun", types.recordOverruns(),
                "Panic", types.recordPanics(),
                "Quarantine", types.recordQuarantines(),
                "Release", types.recordReleases());
    }

    @Test
    void shouldTellWhichTypesARecordingLeavesOut() {
        for (String leftOut : List.of("Overrun", "Panic", "Quarantine", "Release")) {
            Map<String, Boolean> others = new TreeMap<>(ALL);
            others.put(leftOut, false);
            try (Recording recording = new Recording()) {
                recording.disable("dev.safe." + leftOut);
                recording.start();
                assertThat(recorded()).isEqualTo(others);
            }
        }
    }

    @Test
    void shouldTellThatTypesAreRecordedOnlyDuringARecording() {
        assertThat(recorded()).doesNotContainValue(true);
        try (Recording recording = new Recording()) {
            recording.start();
            assertThat(recorded()).isEqualTo(ALL);
        }
        assertThat(recorded()).doesNotContainValue(true);
    }

    @Test
    void shouldTellThatARecorderIsInUseOnceSomethingHasBeenRecorded() {
        try (Recording recording = new Recording()) {
            recording.start();
        }
        assertThat(new JvmRecorder().isInUse()).isTrue();
    }
}
