package dev.safe;

import java.util.List;

/**
 * One boundary at one moment. Immutable.
 *
 * @param panics panics so far
 * @param errors errors returned so far
 * @param overruns calls that outlasted their budget so far
 * @param rejected calls not made because of quarantine so far
 * @param quarantines times it entered quarantine so far, failed probes not included
 * @param stuck calls over their budget now
 * @param quarantine whether calls go through
 * @param recentPanics the newest kinds of panic, the newest first
 * @since 0.1
 */
public record PhaseSnapshot(
        long panics,
        long errors,
        long overruns,
        long rejected,
        long quarantines,
        int stuck,
        QuarantineSnapshot quarantine,
        List<PanicSnapshot> recentPanics) {

    /** Copies the panics. */
    public PhaseSnapshot {
        recentPanics = List.copyOf(recentPanics);
    }

    /**
     * Returns a count.
     *
     * @param tally what was counted
     * @return the count so far
     */
    public long count(Tally tally) {
        return switch (tally) {
            case PANICS -> panics;
            case ERRORS -> errors;
            case REJECTED -> rejected;
            case QUARANTINES -> quarantines;
            case OVERRUNS -> overruns;
        };
    }
}
