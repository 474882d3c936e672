package dev.safe.spring.actuate;

import dev.safe.ExtensionSnapshot;
import dev.safe.PanicSnapshot;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineSnapshot;
import dev.safe.spring.UnguardedExtension;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes all extensions, as the endpoint shows them. Immutable.
 *
 * @param extensions each extension, by name
 * @param unguarded extension beans that are not contained, and so not counted above
 * @since 0.1
 */
public record ExtensionDescriptors(Map<String, ExtensionDescriptor> extensions, List<UnguardedExtension> unguarded) {

    /**
     * Describes one extension.
     *
     * @param state its state
     * @param phases its boundaries, by the tag of their phase
     * @param unguarded the names of its beans that are not contained, whose panics are neither caught nor counted
     */
    public record ExtensionDescriptor(String state, Map<String, PhaseDescriptor> phases, List<String> unguarded) {

        static ExtensionDescriptor of(
                ExtensionSnapshot snapshot, List<UnguardedExtension> unguarded, boolean showValues) {
            Map<String, PhaseDescriptor> phases = new LinkedHashMap<>();
            for (Phase phase : Phase.values()) {
                phases.put(phase.tag(), PhaseDescriptor.of(snapshot.phase(phase), showValues));
            }
            List<String> beans = unguarded.stream()
                    .filter(candidate -> snapshot.name().equals(candidate.extension()))
                    .map(UnguardedExtension::bean)
                    .toList();
            return new ExtensionDescriptor(snapshot.state().name(), phases, beans);
        }
    }

    /**
     * Describes one boundary.
     *
     * @param panics panics so far
     * @param errors errors returned so far
     * @param overruns calls that have outlasted their budget so far
     * @param rejected calls rejected by quarantine so far
     * @param quarantine its quarantine
     * @param recentPanics the newest kinds of panic, the newest first
     */
    public record PhaseDescriptor(
            long panics,
            long errors,
            long overruns,
            long rejected,
            QuarantineDescriptor quarantine,
            List<PanicDescriptor> recentPanics) {

        private static PhaseDescriptor of(PhaseSnapshot snapshot, boolean showValues) {
            return new PhaseDescriptor(
                    snapshot.panics(),
                    snapshot.errors(),
                    snapshot.overruns(),
                    snapshot.rejected(),
                    QuarantineDescriptor.of(snapshot.quarantine()),
                    snapshot.recentPanics().stream()
                            .map(panic -> PanicDescriptor.of(panic, showValues))
                            .toList());
        }
    }

    /**
     * Describes the quarantine of a boundary.
     *
     * @param state whether calls go through
     * @param trips how often panics have tripped it since it was last released by hand
     * @param until when the backoff ends, or null
     * @param reason why it is in quarantine, or null
     */
    public record QuarantineDescriptor(
            String state,
            int trips,
            @Nullable Instant until,
            @Nullable String reason) {

        private static QuarantineDescriptor of(QuarantineSnapshot snapshot) {
            return new QuarantineDescriptor(
                    snapshot.state().name(), snapshot.trips(), snapshot.until(), snapshot.reason());
        }
    }

    /**
     * Describes panics of one kind.
     *
     * @param at when it was last reported
     * @param type the class name of the throwable
     * @param message its message; null if it has none or values are not shown
     * @param fingerprint identifies the kind
     * @param count how often it was reported
     * @param frames the extension's own stack frames; empty if values are not shown
     */
    public record PanicDescriptor(
            Instant at, String type, @Nullable String message, String fingerprint, long count, List<String> frames) {

        private static PanicDescriptor of(PanicSnapshot panic, boolean showValues) {
            return new PanicDescriptor(
                    panic.at(),
                    panic.type(),
                    showValues ? panic.message() : null,
                    panic.fingerprint(),
                    panic.count(),
                    showValues ? panic.frames() : List.of());
        }
    }
}
