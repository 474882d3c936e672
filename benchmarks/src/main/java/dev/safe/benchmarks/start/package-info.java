/** The application whose start is measured, on class paths with and without what is compared. */
@NullMarked
package dev.safe.benchmarks.start;

import org.jspecify.annotations.NullMarked;
