package dev.safe.test;

import dev.safe.ErrorReport;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.PanicSnapshot;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineState;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Asserts what a guard has counted for one extension. If it was made from a guard, it takes a new snapshot for each
 * assertion. Each failure shows the snapshot. Not thread-safe.
 *
 * @see GuardAssert#extension(String)
 * @since 0.1
 */
public final class ExtensionAssert extends AbstractAssert<ExtensionAssert, ExtensionSnapshot> {

    private final @Nullable ExtensionGuard guard;
    private final Supplier<ExtensionSnapshot> snapshots;
    private final Patience patience;

    ExtensionAssert(ExtensionSnapshot snapshot) {
        super(snapshot, ExtensionAssert.class);
        guard = null;
        snapshots = () -> snapshot;
        patience = Patience.NONE;
    }

    ExtensionAssert(ExtensionGuard guard, String name, Patience patience) {
        super(guard.snapshot(name).orElseThrow(), ExtensionAssert.class);
        this.guard = guard;
        this.snapshots = () -> guard.snapshot(name).orElse(actual); // the last one, if it is being removed
        this.patience = patience;
    }

    // Panics.

    /**
     * Asserts how often the extension has panicked. In a test with a {@link GuardExtension} these panics are expected from
     * then on.
     *
     * @param phase the entry point
     * @param count how often
     * @return this assertion
     */
    public ExtensionAssert hasPanics(Phase phase, long count) {
        hasCount(phase, "panics", PhaseSnapshot::panics, count);
        expectPanics(phase, count);
        return this;
    }

    /**
     * Asserts that the extension has never panicked in a phase.
     *
     * @param phase the entry point
     * @return this assertion
     */
    public ExtensionAssert hasNoPanics(Phase phase) {
        return hasPanics(phase, 0);
    }

    /**
     * Asserts that the extension has never panicked.
     *
     * @return this assertion
     */
    public ExtensionAssert hasNoPanics() {
        return hasNone("panics", PhaseSnapshot::panics);
    }

    /**
     * Asserts that the newest panics that were reported include one of a type. All panics of the phase so far are
     * expected from then on, in a test with a {@link GuardExtension}.
     *
     * @param phase the entry point
     * @param type the exact type that was thrown
     * @return this assertion
     */
    public ExtensionAssert hasPanicOf(Phase phase, Class<? extends Throwable> type) {
        return hasPanic(
                phase, "a panic of " + type.getName(), panic -> panic.type().equals(type.getName()));
    }

    /**
     * Asserts that the newest panics that were reported include one of a type and message. All panics of the phase so
     * far are expected from then on, in a test with a {@link GuardExtension}.
     *
     * @param phase the entry point
     * @param type the exact type that was thrown
     * @param message its message, as the guard reports it: without control characters, and limited in length
     * @return this assertion
     */
    public ExtensionAssert hasPanicOf(Phase phase, Class<? extends Throwable> type, String message) {
        return hasPanic(
                phase,
                "a panic of " + type.getName() + ": " + message,
                panic -> panic.type().equals(type.getName()) && message.equals(panic.message()));
    }

    private ExtensionAssert hasPanic(Phase phase, String what, Predicate<PanicSnapshot> wanted) {
        check(
                what + " in " + phase.tag(),
                snapshot -> snapshot.phase(phase).recentPanics().stream().anyMatch(wanted),
                snapshot -> kinds(snapshot.phase(phase).recentPanics()));
        expectPanics(phase, snapshots.get().phase(phase).panics());
        return this;
    }

    private static String kinds(List<PanicSnapshot> panics) {
        return panics.isEmpty()
                ? "none"
                : panics.stream()
                        .map(panic -> panic.message() == null ? panic.type() : panic.type() + ": " + panic.message())
                        .collect(Collectors.joining(", "));
    }

    private void expectPanics(Phase phase, long count) {
        if (guard != null) {
            ExpectedPanics.expect(guard, actual.name(), phase, count);
        }
    }

    // Errors.

    /**
     * Asserts how many errors setup or teardown has returned.
     *
     * @param phase setup or teardown
     * @param count how many
     * @return this assertion
     */
    public ExtensionAssert hasErrors(Phase phase, long count) {
        return hasCount(phase, "errors", PhaseSnapshot::errors, count);
    }

    /**
     * Asserts that neither setup nor teardown has returned an error.
     *
     * @return this assertion
     */
    public ExtensionAssert hasNoErrors() {
        return hasNone("errors", PhaseSnapshot::errors);
    }

    /**
     * Asserts the newest error that setup or teardown returned.
     *
     * @param phase setup or teardown
     * @param type the exact type that was thrown
     * @param message its message, as the guard reports it, or null if it has none
     * @return this assertion
     */
    public ExtensionAssert hasLastError(Phase phase, Class<? extends Throwable> type, @Nullable String message) {
        String wanted = message == null ? type.getName() : type.getName() + ": " + message;
        return check(
                "the last error " + wanted + " in " + phase.tag(),
                snapshot -> {
                    ErrorReport error = snapshot.lastError();
                    return error != null
                            && error.phase() == phase
                            && error.type().equals(type.getName())
                            && Objects.equals(error.message(), message);
                },
                snapshot -> {
                    ErrorReport error = snapshot.lastError();
                    return error == null
                            ? "none"
                            : error.error() + " in " + error.phase().tag();
                });
    }

    // Budgets.

    /**
     * Asserts how many calls have outlasted their budget. The guard notices that a moment later: wait for it by
     * {@link GuardAssert#within}.
     *
     * @param phase the entry point
     * @param count how many
     * @return this assertion
     */
    public ExtensionAssert hasOverruns(Phase phase, long count) {
        return hasCount(phase, "overruns", PhaseSnapshot::overruns, count);
    }

    /**
     * Asserts that no call has outlasted its budget.
     *
     * @return this assertion
     */
    public ExtensionAssert hasNoOverruns() {
        return hasNone("overruns", PhaseSnapshot::overruns);
    }

    /**
     * Asserts how many calls are over their budget now.
     *
     * @param phase the entry point
     * @param count how many
     * @return this assertion
     */
    public ExtensionAssert hasStuckCalls(Phase phase, int count) {
        return hasCount(phase, "stuck calls", PhaseSnapshot::stuck, count);
    }

    // Quarantine.

    /**
     * Asserts how many calls were not made because of quarantine.
     *
     * @param phase the entry point
     * @param count how many
     * @return this assertion
     */
    public ExtensionAssert hasRejected(Phase phase, long count) {
        return hasCount(phase, "rejected calls", PhaseSnapshot::rejected, count);
    }

    /**
     * Asserts how often a phase has entered quarantine, failed probes not included.
     *
     * @param phase the entry point
     * @param count how often
     * @return this assertion
     */
    public ExtensionAssert hasQuarantines(Phase phase, long count) {
        return hasCount(phase, "quarantines", PhaseSnapshot::quarantines, count);
    }

    /**
     * Asserts that a phase is in quarantine, whatever its reason: until a backoff ends, while a probe is out, or disabled
     * until released.
     *
     * @param phase the entry point
     * @return this assertion
     */
    public ExtensionAssert isQuarantined(Phase phase) {
        return check(
                phase.tag() + " in quarantine",
                snapshot -> snapshot.phase(phase).quarantine().state() != QuarantineState.CLEAR,
                snapshot -> quarantine(snapshot, phase));
    }

    /**
     * Asserts that a phase is in quarantine for a reason.
     *
     * @param phase the entry point
     * @param reason the reason, as operators read it
     * @return this assertion
     */
    public ExtensionAssert isQuarantined(Phase phase, String reason) {
        return check(
                phase.tag() + " in quarantine (" + reason + ")",
                snapshot -> snapshot.phase(phase).quarantine().state() != QuarantineState.CLEAR
                        && reason.equals(snapshot.phase(phase).quarantine().reason()),
                snapshot -> quarantine(snapshot, phase));
    }

    /**
     * Asserts that a phase is not in quarantine.
     *
     * @param phase the entry point
     * @return this assertion
     */
    public ExtensionAssert isNotQuarantined(Phase phase) {
        return check(
                phase.tag() + " clear of quarantine",
                snapshot -> snapshot.phase(phase).quarantine().state() == QuarantineState.CLEAR,
                snapshot -> quarantine(snapshot, phase));
    }

    /**
     * Asserts that a phase is disabled: nothing but a release brings it back.
     *
     * @param phase the entry point
     * @return this assertion
     */
    public ExtensionAssert isDisabled(Phase phase) {
        return check(
                phase.tag() + " disabled",
                snapshot -> snapshot.phase(phase).quarantine().state() == QuarantineState.DISABLED,
                snapshot -> quarantine(snapshot, phase));
    }

    private static String quarantine(ExtensionSnapshot snapshot, Phase phase) {
        return SnapshotText.quarantine(snapshot.phase(phase).quarantine());
    }

    // State.

    /**
     * Asserts how the extension is doing.
     *
     * @param state its state
     * @return this assertion
     */
    public ExtensionAssert hasState(ExtensionState state) {
        return check("state " + state, snapshot -> snapshot.state() == state, snapshot -> snapshot.state()
                .toString());
    }

    /**
     * Asserts that the extension is in use: set up or polled, and neither in quarantine nor stuck.
     *
     * @return this assertion
     */
    public ExtensionAssert isRunning() {
        return hasState(ExtensionState.RUNNING);
    }

    /**
     * Asserts that the extension's setup has panicked or returned an error.
     *
     * @return this assertion
     */
    public ExtensionAssert isFailed() {
        return hasState(ExtensionState.FAILED);
    }

    /**
     * Asserts that the extension has been torn down.
     *
     * @return this assertion
     */
    public ExtensionAssert isStopped() {
        return hasState(ExtensionState.STOPPED);
    }

    /**
     * Asserts how often a supervisor has restarted the extension.
     *
     * @param count how often
     * @return this assertion
     */
    public ExtensionAssert hasRestarts(long count) {
        return check(
                count + " restarts",
                snapshot -> Objects.equals(snapshot.restarts(), count),
                snapshot -> snapshot.restarts() == null ? "no supervisor" : String.valueOf(snapshot.restarts()));
    }

    // How.

    private ExtensionAssert hasCount(Phase phase, String what, ToLongFunction<PhaseSnapshot> count, long wanted) {
        return check(
                "%d %s in %s".formatted(wanted, what, phase.tag()),
                snapshot -> count.applyAsLong(snapshot.phase(phase)) == wanted,
                snapshot -> String.valueOf(count.applyAsLong(snapshot.phase(phase))));
    }

    private ExtensionAssert hasNone(String what, ToLongFunction<PhaseSnapshot> count) {
        return check(
                "no " + what,
                snapshot -> snapshot.phases().values().stream().mapToLong(count).sum() == 0,
                snapshot -> Arrays.stream(Phase.values())
                        .filter(phase -> count.applyAsLong(snapshot.phase(phase)) > 0)
                        .map(phase -> count.applyAsLong(snapshot.phase(phase)) + " in " + phase.tag())
                        .collect(Collectors.joining(", ")));
    }

    private ExtensionAssert check(
            String wanted, Predicate<ExtensionSnapshot> holds, Function<ExtensionSnapshot, String> found) {
        isNotNull();
        ExtensionSnapshot[] seen = new ExtensionSnapshot[1];
        boolean held = patience.holds(() -> {
            seen[0] = snapshots.get();
            return holds.test(seen[0]);
        });
        if (!held) {
            failWithMessage(
                    "%nExpecting extension \"%s\" to have%n  %s%nbut it has%n  %s%nHere is what the guard counted:%n%s",
                    seen[0].name(), wanted, found.apply(seen[0]), SnapshotText.of(seen[0]));
        }
        return this;
    }
}
