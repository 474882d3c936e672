package dev.safe.sample.cell;

import dev.safe.StepEvent;

/**
 * Carries an event to one cell.
 *
 * @param event the event
 * @param done runs once, when the cell has handled or dropped the event
 */
public record Delivery(StepEvent event, Runnable done) {}
