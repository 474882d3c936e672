/** Starts the sample host and wires its parts. */
@NullMarked
package dev.safe.sample;

import org.jspecify.annotations.NullMarked;
