package dev.safe.faults;

import dev.safe.ErrorReport;
import dev.safe.ExtensionSnapshot;
import dev.safe.GuardListener;
import dev.safe.OverrunReport;
import dev.safe.PanicReport;
import dev.safe.Phase;
import dev.safe.QuarantineReport;
import dev.safe.RestartReport;
import dev.safe.SilenceReport;
import dev.safe.Tally;

/** A listener whose every callback may fail. */
record FaultyListener(Faults faults) implements GuardListener {

    @Override
    public void onRegistered(ExtensionSnapshot extension) {
        faults.at(Place.ON_REGISTERED);
    }

    @Override
    public void onRemoved(String extension) {
        faults.at(Place.ON_REMOVED);
    }

    @Override
    public void onCount(String extension, Phase phase, Tally tally, long total) {
        faults.at(Place.ON_COUNT);
    }

    @Override
    public void onPanic(PanicReport report, Throwable cause) {
        faults.at(Place.ON_PANIC);
    }

    @Override
    public void onSilence(SilenceReport report) {
        faults.at(Place.ON_SILENCE);
    }

    @Override
    public void onError(ErrorReport report, Throwable cause) {
        faults.at(Place.ON_ERROR);
    }

    @Override
    public void onQuarantined(QuarantineReport report) {
        faults.at(Place.ON_QUARANTINED);
    }

    @Override
    public void onReleased(QuarantineReport report) {
        faults.at(Place.ON_RELEASED);
    }

    @Override
    public void onOverrun(OverrunReport report) {
        faults.at(Place.ON_OVERRUN);
    }

    @Override
    public void onRestarted(RestartReport report) {
        faults.at(Place.ON_RESTARTED);
    }

    @Override
    public void onCall(String extension, Phase phase, long nanos) {
        faults.at(Place.ON_CALL);
    }
}
