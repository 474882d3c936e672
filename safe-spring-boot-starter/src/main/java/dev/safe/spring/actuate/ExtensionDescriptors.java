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
 * All extensions, as the endpoint shows them. Immutable.
 *
 * @param extensions each extension, by name
 * @param unguarded extension beans that are not contained, whatever the counts above say
 * @since 0.1
 */
public record ExtensionDescriptors(Map<String, ExtensionDescriptor> extensions, List<UnguardedExtension> unguarded) {

    /**
     * One extension.
     *
     * @param state how it is doing
     * @param phases its boundaries, by the tag of their phase
     * @param unguarded names of beans of it that are not contained: what those throw is neither caught nor counted
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
     * One boundary.
     *
     * @param panics panics so far
     * @param errors errors returned so far
     * @param overruns calls that outlasted their budget so far
     * @param rejected calls not made because of quarantine so far
     * @param quarantine whether calls go through
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
     * The quarantine of a boundary.
     *
     * @param state whether calls go through
     * @param trips how often panics put it into quarantine since it was last released by hand
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
     * Panics of one kind.
     *
     * @param at when it was last reported
     * @param type the class name of what was thrown
     * @param message its message; null if it has none or values are not shown
     * @param fingerprint what the kind is recognized by
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
