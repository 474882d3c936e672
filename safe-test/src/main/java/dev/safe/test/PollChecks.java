package dev.safe.test;

import static dev.safe.test.Trial.check;
import static dev.safe.test.Trial.checkReturned;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Checks of poll. */
final class PollChecks {

    private static final int POLLS = 20;

    private PollChecks() {}

    static void isWithoutPanic(Trial trial) {
        ExtensionCapability extension = trial.started();
        for (int i = 0; i < POLLS; i++) {
            Outcome polled = trial.tryPoll(trial.main(), extension);
            if (polled.hung()) {
                Assumptions.abort("Not checked, since " + polled.seen() + ": see shouldPollWithinItsBudget");
            }
            checkReturned(
                    polled,
                    "Return null if nothing is pending, and handle failures: five of them and it is not polled");
            trial.finalizeEvent(extension, polled);
        }
        trial.teardown(extension);
    }

    static void isWithinBudget(Trial trial) {
        ExtensionCapability extension = trial.started();
        Duration budget = trial.contract().pollBudget();
        Duration fastest = null;
        for (int i = 0; i < 4; i++) {
            Outcome polled = trial.tryPoll(trial.main(), extension);
            if (polled.hung()) {
                throw Trial.failure(
                        polled,
                        "Return null at once if nothing is pending: let a thread of your own wait, or read without"
                                + " blocking");
            }
            if (i > 0) { // The first poll may be another one than all others.
                fastest = faster(polled, fastest);
            }
            trial.finalizeEvent(extension, polled);
        }
        checkFast(
                fastest,
                budget,
                "",
                "Return null at once if nothing is pending: let a thread of your own wait, or read without blocking");
        checkFast(
                fastestWithAnEvent(trial, extension),
                budget,
                " to return an event",
                "Return what is there at once: let a thread of your own read and prepare it");
        trial.teardown(extension);
    }

    private static @Nullable Duration fastestWithAnEvent(Trial trial, ExtensionCapability extension) {
        Duration fastest = null;
        for (int i = 0; i < 3 && trial.provoke(extension); i++) {
            Outcome polled = trial.tryEvent(trial.main(), extension);
            if (polled.hung()) {
                throw Trial.failure(polled, "Return an event at once: let a thread of your own read and prepare it");
            }
            if (polled.value() instanceof StepEvent event) {
                fastest = faster(polled, fastest);
                trial.finalizeStep(extension, event.id());
            }
        }
        return fastest;
    }

    /** Returns the shorter time: a slow machine makes a poll slower, but never faster. */
    private static Duration faster(Outcome polled, @Nullable Duration before) {
        return before == null || polled.took().compareTo(before) < 0 ? polled.took() : before;
    }

    private static void checkFast(@Nullable Duration fastest, Duration budget, String what, String advice) {
        check(
                fastest == null || fastest.compareTo(budget) <= 0,
                "poll() took %s%s, and may take %s".formatted(fastest, what, budget),
                advice);
    }

    static void isHarmlessBeforeSetup(Trial trial) {
        trial.rehearse();
        trial.needRelease();
        ExtensionCapability extension = trial.newExtension();
        checkHarmless(trial.tryPoll(trial.main(), extension), "before setup");
        checkReturned(
                trial.trySetup(trial.main(), extension, trial.newEnv()),
                "It does so only after a poll that came before setup. Change nothing in poll until it is set up");
        checkReturned(
                trial.tryPoll(trial.main(), extension),
                "It does so only after a poll that came before setup. Change nothing in poll until it is set up");
        trial.teardown(extension);
    }

    static void isHarmlessAfterTeardown(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.teardown(extension);
        checkHarmless(trial.tryPoll(trial.main(), extension), "after teardown");
    }

    private static void checkHarmless(Outcome polled, String when) {
        check(
                (polled.returned() && polled.value() == null) || polled.thrown() instanceof IllegalStateException,
                polled.seen() + ", " + when,
                "Return null, or throw an IllegalStateException that says it is not set up");
    }

    static void keepsInterrupt(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.poll(extension);
        Outcome polled = trial.main().callInterrupted("poll()", trial.patience(), extension::poll);
        Trial.checkKeptInterrupt(polled);
    }

    static void survivesInterrupt(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.poll(extension);
        boolean delivering = trial.delivers(extension);
        trial.main().callInterrupted("poll()", trial.patience(), extension::poll);
        String advice =
                "It does so only since the poll before was interrupted. Interrupts end calls that take too long, and the"
                        + " next call should work: do not use what an interrupt closes, such as a blocking channel, on the"
                        + " thread that polls";
        checkReturned(trial.tryPoll(trial.main(), extension), advice);
        if (delivering) {
            trial.checkStillDelivers(trial.main(), extension, advice);
        }
        trial.teardown(extension);
    }

    static void isForAnyThread(Trial trial) {
        ExtensionCapability extension = trial.started();
        boolean delivering = trial.delivers(extension);
        trial.step(extension);
        String advice =
                "It does so only on another thread than setup's. Keep nothing in thread locals: hosts call from the"
                        + " threads they choose";
        for (int i = 0; i < 2; i++) {
            Caller caller = trial.newCaller();
            Outcome polled = trial.tryPoll(caller, extension);
            checkReturned(polled, advice);
            trial.finalizeEvent(extension, polled);
            if (delivering) {
                trial.checkStillDelivers(caller, extension, advice);
            }
        }
        trial.teardown(extension);
    }

    static void isWhileFinalized(Trial trial) throws InterruptedException {
        ExtensionCapability extension = trial.started();
        Caller finalizer = trial.newCaller();
        Trial.need(
                trial.tryFinalize(finalizer, extension, trial.event(extension).id()), "shouldFinalizeOnAnyThread");
        AtomicReference<Outcome> failed = new AtomicReference<>();
        for (int i = 0; i < POLLS && failed.get() == null; i++) {
            long id = trial.event(extension).id();
            Thread finalizing =
                    new Thread(() -> keepFailure(failed, trial.tryFinalize(finalizer, extension, id)), "finalizes");
            finalizing.start();
            while (finalizing.isAlive()) {
                Outcome polled = trial.tryPoll(trial.main(), extension);
                keepFailure(failed, polled);
                if (polled.value() instanceof StepEvent event) {
                    keepFailure(failed, trial.tryFinalize(trial.main(), extension, event.id()));
                }
            }
            finalizing.join();
        }
        Outcome outcome = failed.get();
        if (outcome != null) {
            throw Trial.failure(
                    outcome,
                    "It does so only while another thread polls or finalizes. Cells finish their steps on threads of"
                            + " their own: use concurrent collections for what poll and finalizeStep share");
        }
        trial.teardown(extension);
    }

    private static void keepFailure(AtomicReference<Outcome> failed, Outcome outcome) {
        if (!outcome.returned()) {
            failed.compareAndSet(null, outcome);
        }
    }
}
