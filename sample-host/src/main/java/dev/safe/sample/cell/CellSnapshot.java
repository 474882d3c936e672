package dev.safe.sample.cell;

import org.jspecify.annotations.Nullable;

/**
 * Describes a cell at one moment.
 *
 * @param state its state
 * @param steps steps that returned
 * @param events events offered to it
 * @param replies replies and packets that it sent
 * @param dropped events that did not fit into its queue or buffer, or came while it did not run
 * @param restarts how often it was instantiated again after a step that failed
 * @param failure the last failure, or null
 */
public record CellSnapshot(
        CellState state,
        long steps,
        long events,
        long replies,
        long dropped,
        long restarts,
        @Nullable String failure) {

    /** Returns the same of a cell that has failed. */
    public CellSnapshot failed(String why) {
        return new CellSnapshot(CellState.FAILED, steps, events, replies, dropped, restarts, why);
    }
}
