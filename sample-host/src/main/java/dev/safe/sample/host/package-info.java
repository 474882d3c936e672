/** Starts and stops the host's parts in order, and takes each event from an extension to its cells and back. */
@NullMarked
package dev.safe.sample.host;

import org.jspecify.annotations.NullMarked;
