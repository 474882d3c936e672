package dev.safe.sample.cell;

/** How a cell is doing. */
public enum CellState {

    /** Not started yet. */
    NEW,

    /** Takes events. */
    RUNNING,

    /** Did not start, or trapped too often: takes no events. */
    FAILED,

    /** The host is shutting down. */
    STOPPED
}
