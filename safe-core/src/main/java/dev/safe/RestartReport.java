package dev.safe;

import java.time.Instant;

/**
 * A supervisor restarted an extension: it was torn down, and its setup is about to be called. Immutable.
 *
 * @param extension the extension's name
 * @param at when
 * @param reason why, safe to print
 * @param restarts how often it was restarted so far, this time included
 * @since 0.1
 */
public record RestartReport(String extension, Instant at, String reason, long restarts) {}
