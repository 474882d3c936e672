package dev.safe.sample.cell;

import dev.safe.StepEvent;

/**
 * An event on its way to one cell.
 *
 * @param event the event
 * @param done run once, when the cell is done with it, whatever that means
 */
public record Delivery(StepEvent event, Runnable done) {}
