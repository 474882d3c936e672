package dev.safe.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.safe.ErrorReport;
import dev.safe.PanicSnapshot;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineSnapshot;
import dev.safe.QuarantineState;
import dev.safe.spring.UnguardedExtension;
import java.time.Instant;
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
     * @param lastError the newest error that setup or teardown returned, or null if there was none
     * @param restarts how often the supervisor has restarted it; null, and left out of JSON, if it is not supervised
     * @param unguarded the names of its beans that are not contained, whose panics are neither caught nor counted
     */
    public record ExtensionDescriptor(
            String state,
            Map<String, PhaseDescriptor> phases,
            @Nullable ErrorDescriptor lastError,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long restarts,

            List<String> unguarded) {}

    /**
     * Describes one boundary.
     *
     * @param panics panics so far
     * @param errors errors returned so far
     * @param overruns calls that have outlasted their budget so far
     * @param rejected calls rejected by quarantine so far
     * @param quarantine its quarantine
     * @param recentPanics the newest kinds of panic, the newest first; null, and left out of JSON, while there is nothing
     *     to report: all counts are zero, and the quarantine is clear
     * @param policy the policy in force
     */
    public record PhaseDescriptor(
            long panics,
            long errors,
            long overruns,
            long rejected,
            QuarantineDescriptor quarantine,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<PanicDescriptor> recentPanics,

            PolicyDescriptor policy) {

        static PhaseDescriptor of(PhaseSnapshot snapshot, PolicyDescriptor policy, boolean showValues) {
            return new PhaseDescriptor(
                    snapshot.panics(),
                    snapshot.errors(),
                    snapshot.overruns(),
                    snapshot.rejected(),
                    QuarantineDescriptor.of(snapshot.quarantine()),
                    hasNothingToReport(snapshot)
                            ? null
                            : snapshot.recentPanics().stream()
                                    .map(panic -> PanicDescriptor.of(panic, showValues))
                                    .toList(),
                    policy);
        }

        private static boolean hasNothingToReport(PhaseSnapshot snapshot) {
            return snapshot.panics() == 0
                    && snapshot.errors() == 0
                    && snapshot.overruns() == 0
                    && snapshot.rejected() == 0
                    && snapshot.quarantine().state() == QuarantineState.CLEAR
                    && snapshot.recentPanics().isEmpty();
        }
    }

    /**
     * Describes the quarantine of a boundary.
     *
     * @param state whether calls go through
     * @param trips how often panics have tripped it since it was last released by hand
     * @param until when the backoff ends, or null
     * @param reason why it is in quarantine, or null
     * @param declared whether the policy holds it there, so that no release ends it; left out of JSON if it does not
     */
    public record QuarantineDescriptor(
            String state,
            int trips,
            @Nullable Instant until,
            @Nullable String reason,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean declared) {

        private static QuarantineDescriptor of(QuarantineSnapshot snapshot) {
            return new QuarantineDescriptor(
                    snapshot.state().name(),
                    snapshot.trips(),
                    snapshot.until(),
                    snapshot.reason(),
                    snapshot.declared());
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

    /**
     * Describes an error that setup or teardown returned.
     *
     * @param at when it happened
     * @param phase the tag of the phase
     * @param type the class name of the throwable
     * @param message its message; null if it has none or values are not shown
     */
    public record ErrorDescriptor(
            Instant at, String phase, String type, @Nullable String message) {

        static @Nullable ErrorDescriptor of(@Nullable ErrorReport error, boolean showValues) {
            return error == null
                    ? null
                    : new ErrorDescriptor(
                            error.at(), error.phase().tag(), error.type(), showValues ? error.message() : null);
        }
    }
}
