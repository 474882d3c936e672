package dev.safe.test;

import static dev.safe.test.Trial.check;
import static dev.safe.test.Trial.checkReturned;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;

/** Checks of teardown. */
final class TeardownChecks {

    private TeardownChecks() {}

    static void tearsDown(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.poll(extension);
        if (trial.provoke(extension) && trial.tryEvent(trial.main(), extension).value() instanceof StepEvent event) {
            trial.tryFinalize(trial.main(), extension, event.id());
        }
        checkReturned(
                trial.tryTeardown(trial.main(), extension),
                "Release everything within the deadline, and keep to TeardownContext.remaining() where you wait");
    }

    static void tearsDownTwice(Trial trial) {
        ExtensionCapability extension = trial.started();
        trial.teardown(extension);
        checkReturned(
                trial.tryTeardown(trial.main(), extension),
                "It does so only the second time. Do nothing if all is released: a host may have to be sure");
    }

    static void tearsDownWithoutSetup(Trial trial) {
        checkReturned(
                trial.tryTeardown(trial.main(), trial.newExtension()),
                "It does so only if it was never set up. Release what there is, which may be nothing: hosts tear down"
                        + " all extensions, those included that were never started");
    }

    static void tearsDownAfterAFailedSetup(Trial trial) throws IOException {
        trial.rehearse();
        ExtensionCapability extension = trial.newExtension();
        SetupEnv env = trial.contract().setupEnv(Files.createFile(trial.newStorage()));
        Outcome setup = trial.trySetup(trial.main(), extension, env);
        checkReturned(
                trial.tryTeardown(trial.main(), extension),
                "It does so after a setup whose storageRoot was a file, and which %s. Release what setup made before it failed, which may be nothing"
                        .formatted(setup.returned() ? "returned" : "failed"));
    }

    static void tearsDownPastItsDeadline(Trial trial) {
        trial.rehearse();
        ExtensionCapability extension = trial.started();
        Outcome outcome = trial.main().call("teardown()", trial.patience(), () -> {
            extension.teardown(new TeardownContext(Instant.now().minusSeconds(60)));
            return null;
        });
        checkReturned(
                outcome,
                "It does so only when its deadline has passed, so that TeardownContext.remaining() is zero. Release"
                        + " without waiting then: to methods such as Thread.join(0), zero means for ever");
    }

    static void keepsInterrupt(Trial trial) {
        trial.rehearse();
        ExtensionCapability extension = trial.started();
        Outcome outcome = trial.main().callInterrupted("teardown()", trial.patience(), () -> {
            extension.teardown(new TeardownContext(Instant.now().plus(trial.patience())));
            return null;
        });
        Trial.checkKeptInterrupt(outcome);
    }

    static void tearsDownOnAnyThread(Trial trial) {
        trial.rehearse();
        ExtensionCapability extension = trial.started();
        checkReturned(
                trial.tryTeardown(trial.newCaller(), extension),
                "It does so only on another thread than setup's. Hosts tear down on a thread that they can leave behind");
    }

    static void tearsDownWithEventsOpen(Trial trial) {
        trial.rehearse();
        ExtensionCapability extension = trial.started();
        trial.event(extension);
        checkReturned(
                trial.tryTeardown(trial.main(), extension),
                "It does so only while an event is not finalized. Let go of what its events hold: a cell that hangs"
                        + " never finishes");
    }

    static void finalizesAfterTeardown(Trial trial) {
        ExtensionCapability extension = trial.started();
        long id = trial.event(extension).id();
        trial.teardown(extension);
        checkReturned(
                trial.tryFinalize(trial.main(), extension, id),
                "It does so only after teardown. Ignore that: a cell that was late has finished its step");
    }

    static void releasesForTheNext(Trial trial) {
        for (int i = 0; i < 3; i++) {
            ExtensionCapability extension = trial.newExtension();
            Outcome setup = trial.trySetup(trial.main(), extension, trial.newEnv());
            if (i == 0) {
                Trial.need(setup, "shouldSetUp");
            }
            check(
                    setup.returned(),
                    setup.seen() + ", after another instance was torn down",
                    "Release in teardown what the next instance needs, such as a port or a lock");
            trial.teardown(extension);
        }
    }
}
