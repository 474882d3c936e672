package dev.safe.spring;

import dev.safe.OverrunReport;

/**
 * Reports that a call outlasted its budget. Immutable.
 *
 * @param report what happened
 * @since 0.1
 */
public record ExtensionOverrunEvent(OverrunReport report) {}
