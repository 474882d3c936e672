package dev.safe;

import dev.safe.internal.watch.WatchedCall;
import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;

/**
 * One extension × one phase, and the way of a call across it. Every way in takes the same steps. Thread-safe.
 *
 * <p>Admit, call, return; on a throwable classify, count, report, decide. A call that succeeds reads one field, the
 * gate. Only calls that are rejected, watched, or the first one do more.
 *
 * <p>A boundary is one object in four layers, which saves memory and spares each call from following pointers:
 * {@link Gate} is the word that a call reads, {@link Ledger} the counts and what is owed, {@link Admission} decides
 * which calls are made, and this class is the call itself.
 *
 * <p>Where the stack or the heap ends, each step may fail. The catch blocks of the ways in then do only what needs
 * neither a stack frame nor memory: they write fields, under the monitor, as {@link Gate} describes. What was not
 * counted is counted at the next crossing, and a call that was not ended is ended there. The outcome is still what the
 * policy says. That is why these blocks are written out in each way in.
 */
final class Boundary extends Admission {

    Boundary(Extension extension, Phase phase, BoundaryServices services) {
        super(extension, phase, services);
    }

    /** Returns whether something thrown is control flow of the host's engine. */
    boolean isPassThrough(Throwable thrown) {
        return services.classifier().isPassThrough(thrown);
    }

    @Override
    public String extension() {
        return extension.name();
    }

    // The way of a call.

    /** Makes a call across this boundary. Returns null in place of a result if the call was rejected or panicked. */
    @SuppressWarnings("unchecked") // rethrows as what the caller declares
    <T, X extends Throwable> @Nullable Object call(T invocation, EntryPoint<T> entryPoint) throws X {
        int seen = gate;
        WatchedCall call = (seen & OBSERVED) == 0 ? null : admit(seen);
        if (call == REJECTED) {
            return null;
        }
        Object result = null;
        Throwable thrown = null;
        try {
            result = entryPoint.proceed(invocation);
        } catch (Throwable caught) {
            thrown = caught;
        }
        Throwable passedOn = null;
        try {
            if (thrown != null) {
                passedOn = conclude(seen, call, null, idOf(invocation, entryPoint), thrown, false);
            } else if (call != null) {
                exit(call);
            }
        } catch (Throwable ours) { // There is no stack left to call anything, or no memory.
            if (thrown != null) {
                passedOn = (gate & THROWING) != 0
                                || (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
                        ? thrown
                        : null;
                synchronized (this) {
                    try {
                        if (thrown instanceof InterruptedException
                                && (call == null || (call.word & WatchedCall.STATE_MASK) != WatchedCall.INTERRUPTED)) {
                            missedInterrupt = Thread.currentThread();
                        }
                    } catch (Throwable entering) {
                        // There was no room left for a frame, or to enter the monitor, which is entered.
                    }
                    // A nested call may have noted this throwable already.
                    if (missedThrown != thrown || (missedAt | BELOW) - (seen | BELOW) <= 0) {
                        missedPanics++;
                        missedPanic = thrown;
                    }
                    gate = (gate | OWING) + PASSED_ON;
                    missedThrown = passedOn;
                    missedAt = gate;
                }
            }
            if (call != null) {
                call.abandoned = true;
                while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // The watchdog is about to interrupt this thread, which must not return before that.
                }
            }
        }
        if (passedOn != null) {
            throw (X) passedOn;
        }
        return result;
    }

    /**
     * Does what {@link #call} does, written out: an entry point that knew the id would have to be a new object for each
     * event.
     */
    @SuppressWarnings("unchecked") // rethrows as what the caller declares
    <X extends Throwable> void finalizeStep(ExtensionCapability target, long id) throws X {
        int seen = gate;
        WatchedCall call = (seen & OBSERVED) == 0 ? null : admit(seen);
        if (call == REJECTED) {
            return;
        }
        Throwable thrown = null;
        try {
            target.finalizeStep(id);
        } catch (Throwable caught) {
            thrown = caught;
        }
        Throwable passedOn = null;
        try {
            if (thrown != null) {
                passedOn = conclude(seen, call, null, id, thrown, false);
            } else if (call != null) {
                exit(call);
            }
        } catch (Throwable ours) {
            if (thrown != null) {
                passedOn = (gate & THROWING) != 0
                                || (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
                        ? thrown
                        : null;
                synchronized (this) {
                    try {
                        if (thrown instanceof InterruptedException
                                && (call == null || (call.word & WatchedCall.STATE_MASK) != WatchedCall.INTERRUPTED)) {
                            missedInterrupt = Thread.currentThread();
                        }
                    } catch (Throwable entering) {
                        // There was no room left for a frame, or to enter the monitor, which is entered.
                    }
                    // A nested call may have noted this throwable already.
                    if (missedThrown != thrown || (missedAt | BELOW) - (seen | BELOW) <= 0) {
                        missedPanics++;
                        missedPanic = thrown;
                    }
                    gate = (gate | OWING) + PASSED_ON;
                    missedThrown = passedOn;
                    missedAt = gate;
                }
            }
            if (call != null) {
                call.abandoned = true;
                while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // Waits for the watchdog, as in call.
                }
            }
        }
        if (passedOn != null) {
            throw (X) passedOn;
        }
    }

    private <T> @Nullable Long idOf(T invocation, EntryPoint<T> entryPoint) {
        if (phase != Phase.FINALIZE) {
            return null;
        }
        try {
            return entryPoint.id(invocation);
        } catch (Throwable unknown) {
            return null; // The panic matters more than the event that it came with.
        }
    }

    // The way of a host function's call, whose frames are spun code.

    @Override
    public @Nullable WatchedCall enter() {
        int seen = gate;
        return (seen & OBSERVED) == 0 ? null : admit(seen);
    }

    @Override
    public void exit(WatchedCall call) {
        try {
            long probe = call.probe();
            leave(call);
            closeProbe(probe);
        } catch (Throwable ours) {
            call.abandoned = true;
            while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                // Waits for the watchdog, as in call.
            }
        }
    }

    @Override
    public void failed(int seen, @Nullable WatchedCall call, String function, Throwable thrown) throws Throwable {
        Throwable passedOn = conclude(seen, call, function, null, thrown, false);
        if (passedOn != null) {
            throw passedOn;
        }
    }

    @Override
    public void contained(int seen, @Nullable WatchedCall call, String function, Throwable thrown) {
        conclude(seen, call, function, null, thrown, true);
    }

    /**
     * Counts and reports what was caught elsewhere: around a host function, or around an extension's {@code name}.
     * Neither returns errors.
     *
     * @param function the host function's name, or null if it was not a host function
     */
    void recovered(@Nullable String function, Throwable thrown) {
        Outcome outcome;
        try {
            outcome = classify(thrown);
            outcome = outcome == Outcome.ERROR ? Outcome.PANIC : outcome;
            count(outcome);
        } catch (Throwable ours) {
            synchronized (this) {
                try {
                    gate |= OWING;
                } catch (Throwable entering) {
                    gate |= OWING;
                }
                missedPanics++;
                missedPanic = thrown;
            }
            return;
        }
        try {
            react(outcome, true, function, null, thrown);
            follow(outcome, false, WatchedCall.End.IN_TIME, Quarantine.NO_PROBE, thrown);
            if (thrown instanceof InterruptedException && outcome != Outcome.PASS_THROUGH) {
                Thread.currentThread().interrupt();
            }
        } catch (Throwable ours) {
            synchronized (this) {
                try {
                    gate |= OWING;
                } catch (Throwable entering) {
                    gate |= OWING;
                }
                unreported++;
                unsuspected++;
                missedPanic = thrown;
            }
        }
    }

    // What follows from a throwable.

    /**
     * Classifies, counts, reports, decides. Throws only if stack or memory ran out before anything was counted.
     *
     * @param contained whether the caller throws nothing, whatever this returns
     * @return what leaves the boundary, or null if nothing does
     */
    private @Nullable Throwable conclude(
            int seen,
            @Nullable WatchedCall call,
            @Nullable String function,
            @Nullable Long id,
            Throwable thrown,
            boolean contained) {
        if ((gate & UNUSED) != 0) {
            prepare(gate); // The extension was removed meanwhile.
        }
        long probe = call == null ? Quarantine.NO_PROBE : call.probe();
        Outcome outcome = classify(thrown);
        boolean counted = outcome != Outcome.PASS_THROUGH && isCounted(thrown, seen);
        if (!counted) {
            count(outcome);
        }
        // From here on nothing is thrown. What fails is owed.
        WatchedCall.End end = WatchedCall.End.IN_TIME;
        try {
            end = call == null ? end : leave(call);
        } catch (Throwable ours) {
            if (call != null) {
                call.abandoned = true;
                while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // Waits for the watchdog, as in call.
                }
            }
        }
        boolean reported = false;
        boolean followed = false;
        try {
            if (!counted) {
                react(outcome, contained, function, id, thrown);
            }
            reported = true;
        } catch (Throwable ours) {
            // Go on: the quarantine may need less room than the report did.
        }
        try {
            follow(outcome, counted, end, probe, thrown);
            followed = true;
        } catch (Throwable ours) {
            // The next crossing notifies the quarantine.
        }
        Thread uninterrupted = null;
        try {
            if (thrown instanceof InterruptedException
                    && outcome != Outcome.PASS_THROUGH
                    && !isOfBudget(call, end, thrown)) {
                uninterrupted = Thread.currentThread();
                uninterrupted.interrupt();
                uninterrupted = null;
            }
        } catch (Throwable ours) {
            // The next crossing sets the flag.
        }
        if (counted || (outcome != Outcome.PANIC && outcome != Outcome.FATAL)) {
            reported = true; // There is nothing to report later, nor to suspect.
            followed = true;
        }
        if (!reported || !followed || uninterrupted != null) {
            synchronized (this) {
                try {
                    gate |= OWING;
                } catch (Throwable entering) {
                    gate |= OWING; // See Gate: the first write was not made.
                }
                missedInterrupt = uninterrupted != null ? uninterrupted : missedInterrupt;
                unsuspected += followed ? 0 : 1;
                if (!reported && thrown instanceof OutOfMemoryError) {
                    unreportedMemoryErrors++;
                } else if (!reported) {
                    unreported++;
                    missedPanic = thrown;
                }
            }
        }
        try {
            return decide(outcome, counted, thrown);
        } catch (Throwable ours) {
            if (outcome == Outcome.PANIC && (gate & THROWING) == 0) {
                return null;
            }
            synchronized (this) {
                try {
                    missedThrown = thrown;
                } catch (Throwable entering) {
                    missedThrown = thrown;
                }
                gate += PASSED_ON;
                missedAt = gate;
            }
            return thrown;
        }
    }

    /** Returns whether it was the watchdog that interrupted what a call throws an {@link InterruptedException} for. */
    private static boolean isOfBudget(@Nullable WatchedCall call, WatchedCall.End end, Throwable thrown) {
        return end == WatchedCall.End.INTERRUPTED
                || (end == WatchedCall.End.HEEDED && call != null && call.wasInterruptedAtOriginOf(thrown));
    }

    private Outcome classify(Throwable thrown) {
        return services.classifier().classify(thrown, phase, policy.errors());
    }

    /** Returns whether a nested call has counted this throwable and passed it on. */
    private boolean isCounted(Throwable thrown, int seen) {
        return isBefore(seen, gate)
                && (isMissed(thrown, seen) || services.rethrown().has(this, thrown, seen));
    }

    /**
     * Returns the error that a nested call passed on, if a proxy of the extension's class has wrapped it. A class proxy
     * wraps each checked exception that the method of its class does not declare.
     */
    Throwable unwrapped(UndeclaredThrowableException wrapped, int seen) {
        Throwable error = wrapped.getClass() == UndeclaredThrowableException.class ? wrapped.getCause() : null;
        return error != null && isCounted(error, seen) ? error : wrapped;
    }

    /** Reports what has been counted. */
    private void react(
            Outcome outcome, boolean contained, @Nullable String function, @Nullable Long id, Throwable thrown) {
        if (outcome.isPanic()) {
            announce(Tally.PANICS);
            report(function, id, thrown, contained ? PanicAction.SUPPRESSED : actionOn(thrown));
        } else if (outcome == Outcome.ERROR) {
            announce(Tally.ERRORS);
            reportError(thrown);
        }
    }

    /**
     * Notifies the quarantine of how a call ended. It has already counted a call over its budget, if overruns count.
     */
    private void follow(Outcome outcome, boolean counted, WatchedCall.End end, long probe, Throwable thrown) {
        if (counted || !outcome.isPanic()) {
            closeProbe(probe);
        } else if (end == WatchedCall.End.IN_TIME || !policy.quarantine().overruns()) {
            suspect(probe, thrown);
        }
    }

    private @Nullable Throwable decide(Outcome outcome, boolean counted, Throwable thrown) {
        Throwable passedOn =
                switch (outcome) {
                    case PASS_THROUGH, FATAL -> thrown;
                    case ERROR -> phase == Phase.SETUP ? thrown : null;
                    case PANIC -> policy.onPanic() == OnPanic.THROW ? panicException(counted, thrown) : null;
                };
        if (passedOn != null && outcome != Outcome.PASS_THROUGH) {
            services.rethrown().add(this, passedOn);
        }
        return passedOn;
    }

    private Throwable panicException(boolean counted, Throwable thrown) {
        try {
            return counted ? thrown : new ExtensionPanicException(extension.name(), phase, thrown);
        } catch (Throwable ours) {
            return thrown; // No stack or memory is left for an exception of ours.
        }
    }

    @Override
    public String toString() {
        return extension.name() + "/" + phase.tag();
    }
}
