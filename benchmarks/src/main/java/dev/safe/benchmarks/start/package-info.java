/** Contains the application whose start is measured, on class paths with and without the starters to compare. */
@NullMarked
package dev.safe.benchmarks.start;

import org.jspecify.annotations.NullMarked;
