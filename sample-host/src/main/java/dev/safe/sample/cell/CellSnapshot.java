package dev.safe.sample.cell;

import org.jspecify.annotations.Nullable;

/**
 * A cell at one moment.
 *
 * @param state how it is doing
 * @param steps steps that returned
 * @param events events it was given
 * @param replies replies and packets it sent
 * @param dropped events that did not fit into its queue or its buffer, or came when it did not run
 * @param restarts times it was instantiated anew after a step that did not return
 * @param failure what went wrong last, or null
 */
public record CellSnapshot(
        CellState state,
        long steps,
        long events,
        long replies,
        long dropped,
        long restarts,
        @Nullable String failure) {}
