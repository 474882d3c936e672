package dev.safe.spring;

import dev.safe.RestartReport;

/**
 * Reports that a supervisor restarted an extension. Immutable.
 *
 * @param report what happened
 * @since 0.1
 */
public record ExtensionRestartedEvent(RestartReport report) {}
