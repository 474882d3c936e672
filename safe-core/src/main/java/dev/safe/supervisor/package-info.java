/**
 * Runs extensions: setup in the order of dependencies, a poll loop for each, finalize exactly once, teardown within a
 * deadline, and a restart if an extension does not recover. Calls extensions through the guard only.
 */
@NullMarked
package dev.safe.supervisor;

import org.jspecify.annotations.NullMarked;
