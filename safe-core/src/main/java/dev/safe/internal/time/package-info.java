/** Durations, windows and throttles that know nothing of extensions. Times are the nanoseconds of a ticker. */
@NullMarked
package dev.safe.internal.time;

import org.jspecify.annotations.NullMarked;
