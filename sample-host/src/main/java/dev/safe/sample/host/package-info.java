/** The host itself: what starts in which order, and how an event gets from an extension to its cells and back. */
@NullMarked
package dev.safe.sample.host;

import org.jspecify.annotations.NullMarked;
