package dev.safe.spring;

import dev.safe.PanicReport;

/**
 * Reports a panic, as often as the log policy allows. Immutable.
 *
 * @param report what happened
 * @since 0.1
 */
public record ExtensionPanicEvent(PanicReport report) {}
