package dev.safe;

import dev.safe.internal.render.SafeText;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The claim of one supervisor on an extension of a guard, which two supervisors must not run. Through it the guard learns
 * what only a supervisor knows, shows it and notifies its listeners. {@link ExtensionGuard#supervise} gives it.
 *
 * <p>Thread-safe. Calls nothing of the extension.
 *
 * @see dev.safe.supervisor.ExtensionSupervisor
 * @since 0.1
 */
public final class Supervision implements AutoCloseable {

    private final Extension extension;
    private final Reporter reporter;
    private final AtomicLong restarts = new AtomicLong();

    Supervision(Extension extension, Reporter reporter) {
        this.extension = extension;
        this.reporter = reporter;
    }

    /** Shows the extension as {@link ExtensionState#RESTARTING}, until its setup ends or it {@linkplain #failed failed}. */
    public void restarting() {
        extension.become(Extension.Lifecycle.RESTARTING);
    }

    /**
     * Counts a restart, forgets the quarantine that panics led to, and notifies listeners. Counts of panics stay, and so does
     * a quarantine that an operator imposed or a policy declares. To be called before setup.
     *
     * @param reason why the extension was restarted
     */
    public void restarted(String reason) {
        extension.forgetTrips();
        RestartReport report =
                new RestartReport(extension.name(), Instant.now(), SafeText.of(reason), restarts.incrementAndGet());
        reporter.restarted(report);
    }

    /** Shows the extension as {@link ExtensionState#FAILED}: it is not restarted any more. */
    public void failed() {
        extension.become(Extension.Lifecycle.FAILED);
    }

    /**
     * Returns how often the extension was restarted.
     *
     * @return the number of restarts so far
     */
    public long restarts() {
        return restarts.get();
    }

    /** Gives the claim up. The extension is listed as before. Does nothing if it was given up already. */
    @Override
    public void close() {
        extension.release(this);
    }
}
