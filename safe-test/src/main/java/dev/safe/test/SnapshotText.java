package dev.safe.test;

import dev.safe.ErrorReport;
import dev.safe.ExtensionSnapshot;
import dev.safe.PanicSnapshot;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineSnapshot;
import dev.safe.QuarantineState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Formats snapshots for people who look for the reason why an assertion failed. */
final class SnapshotText {

    private SnapshotText() {}

    /** Formats an extension: a line for itself, one for each phase in which something happened, and its panics. */
    static String of(ExtensionSnapshot extension) {
        List<String> lines = new ArrayList<>();
        lines.add("  %s is %s%s"
                .formatted(
                        extension.name(),
                        extension.state(),
                        extension.restarts() == null ? "" : ", restarted %d times".formatted(extension.restarts())));
        for (Map.Entry<Phase, PhaseSnapshot> phase : extension.phases().entrySet()) {
            if (isEventful(phase.getValue())) {
                lines.add("    " + phase.getKey().tag() + ": " + counts(phase.getValue()));
                phase.getValue().recentPanics().forEach(panic -> lines.add("      " + kind(panic)));
            }
        }
        ErrorReport error = extension.lastError();
        if (error != null) {
            lines.add("    last error: %s: %s".formatted(error.phase().tag(), error.error()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static boolean isEventful(PhaseSnapshot phase) {
        return phase.panics()
                                + phase.errors()
                                + phase.overruns()
                                + phase.rejected()
                                + phase.quarantines()
                                + phase.stuck()
                        > 0
                || phase.quarantine().state() != QuarantineState.CLEAR;
    }

    private static String counts(PhaseSnapshot phase) {
        return "panics %d, errors %d, overruns %d, stuck %d, rejected %d, %s"
                .formatted(
                        phase.panics(),
                        phase.errors(),
                        phase.overruns(),
                        phase.stuck(),
                        phase.rejected(),
                        quarantine(phase.quarantine()));
    }

    static String quarantine(QuarantineSnapshot quarantine) {
        if (quarantine.state() == QuarantineState.CLEAR) {
            return "CLEAR";
        }
        return "%s (%s; %s)"
                .formatted(
                        quarantine.state(),
                        quarantine.reason(),
                        quarantine.until() == null ? "until released" : "until " + quarantine.until());
    }

    private static String kind(PanicSnapshot panic) {
        String thrown = panic.message() == null ? panic.type() : panic.type() + ": " + panic.message();
        return "%d × %s at %s"
                .formatted(
                        panic.count(),
                        thrown,
                        panic.frames().isEmpty()
                                ? "an unknown place"
                                : panic.frames().get(0));
    }
}
