package dev.safe.sample.cell;

/** Says whether a cell runs. */
public enum CellState {

    /** Not started yet. */
    NEW,

    /** Takes events. */
    RUNNING,

    /** Did not start, or trapped too often. Takes no events. */
    FAILED,

    /** Stopped with the host. */
    STOPPED
}
