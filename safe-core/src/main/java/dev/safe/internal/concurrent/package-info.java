/** Tables, counters and threads that know nothing of extensions. */
@NullMarked
package dev.safe.internal.concurrent;

import org.jspecify.annotations.NullMarked;
