package dev.safe.spring;

import dev.safe.QuarantineReport;

/**
 * Reports that a boundary of an extension entered quarantine. Immutable.
 *
 * @param report what happened
 * @since 0.1
 */
public record ExtensionQuarantinedEvent(QuarantineReport report) {}
