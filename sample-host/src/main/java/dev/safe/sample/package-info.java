/** The sample host: starts it, and says how it is configured. */
@NullMarked
package dev.safe.sample;

import org.jspecify.annotations.NullMarked;
