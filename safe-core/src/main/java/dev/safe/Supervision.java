package dev.safe;

import dev.safe.internal.render.SafeText;
import java.time.Instant;

/**
 * The claim of a supervisor on an extension, which only one supervisor may run. Through it a supervisor reports to the
 * guard what only it knows. The guard shows that and notifies its listeners. Comes from
 * {@link ExtensionGuard#supervise}.
 *
 * <p>Thread-safe. Calls nothing of the extension.
 *
 * @see dev.safe.supervisor.ExtensionSupervisor
 * @since 0.1
 */
public final class Supervision implements AutoCloseable {

    private final Extension extension;
    private final Reporter reporter;

    Supervision(Extension extension, Reporter reporter) {
        this.extension = extension;
        this.reporter = reporter;
    }

    /** Shows the extension as {@link ExtensionState#RESTARTING}, until its setup ends or it {@linkplain #failed failed}. */
    public void restarting() {
        extension.become(Extension.Lifecycle.RESTARTING);
    }

    /**
     * Counts a restart, ends a quarantine that panics led to, and notifies listeners. Counts of panics stay, and so
     * does a quarantine that an operator imposed or a policy declares. To be called before setup.
     *
     * @param reason why the extension was restarted
     */
    public void restarted(String reason) {
        extension.forgetTrips();
        RestartReport report =
                new RestartReport(extension.name(), Instant.now(), SafeText.of(reason), extension.countRestart());
        reporter.restarted(report);
    }

    /**
     * Shows the extension as {@link ExtensionState#STOPPED} rather than as {@link ExtensionState#RESTARTING}, because its
     * restart waits for another extension to be up. Changes no other state.
     */
    public void restartWaits() {
        extension.endRestarting();
    }

    /**
     * Shows the extension as {@link ExtensionState#RUNNING}, because its instance is up, whatever an instance that was
     * left behind does.
     */
    public void running() {
        extension.become(Extension.Lifecycle.RUNNING);
    }

    /** Shows the extension as {@link ExtensionState#FAILED}, because it will not be restarted any more. */
    public void failed() {
        extension.become(Extension.Lifecycle.FAILED);
    }

    /**
     * Returns how often the extension was restarted, by this supervisor or by one that ran it before.
     *
     * @return the number of restarts so far
     */
    public long restarts() {
        return extension.restarts();
    }

    /**
     * Gives up the claim. The extension stays listed, as {@link ExtensionState#STOPPED} if it was being restarted. Does
     * nothing if the claim was given up already.
     */
    @Override
    public void close() {
        extension.release(this);
    }
}
