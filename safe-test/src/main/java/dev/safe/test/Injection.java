package dev.safe.test;

import dev.safe.Phase;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fault in a phase of an extension, until it is removed. Thread-safe.
 *
 * @see FaultyExtension#inject(Phase, Fault, Schedule)
 * @since 0.1
 */
public final class Injection {

    private final FaultyExtension extension;
    private final Phase phase;
    private final Fault fault;
    private final Schedule schedule;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong strikes = new AtomicLong();

    Injection(FaultyExtension extension, Phase phase, Fault fault, Schedule schedule) {
        this.extension = extension;
        this.phase = phase;
        this.fault = fault;
        this.schedule = schedule;
    }

    /**
     * Returns the entry point that misbehaves.
     *
     * @return the phase
     */
    public Phase phase() {
        return phase;
    }

    /**
     * Returns how it misbehaves.
     *
     * @return the fault
     */
    public Fault fault() {
        return fault;
    }

    /**
     * Returns how often the fault has struck, a call that is still hanging included.
     *
     * @return the number of calls
     */
    public long strikes() {
        return strikes.get();
    }

    /** Removes the fault. A call that hangs goes on hanging until {@link FaultyExtension#heal()}. */
    public void remove() {
        extension.remove(this);
    }

    /** Counts a call, on which the fault may strike then. */
    Call count() {
        return new Call(this, calls.incrementAndGet());
    }

    /** A call that is counted, with its number. */
    record Call(Injection injection, long number) {

        void strikeIfDue() throws Throwable {
            if (injection.schedule.strikesOn(number)) {
                injection.strikes.incrementAndGet();
                injection.fault.strike(injection.extension);
            }
        }
    }

    @Override
    public String toString() {
        return "%s in %s, struck %d of %d calls".formatted(fault, phase.tag(), strikes(), calls.get());
    }
}
