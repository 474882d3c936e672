/** A fleet of processes, and a browser that looks at it. */
@NullMarked
package dev.safe.sample.fleet;

import org.jspecify.annotations.NullMarked;
