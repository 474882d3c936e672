/** Calls in flight, and the watchdog that ends them when they outlast their budget. Knows boundaries by interfaces only. */
@NullMarked
package dev.safe.internal.watch;

import org.jspecify.annotations.NullMarked;
