/** Gives cells their capabilities. Extensions are ordinary beans that know nothing of what contains them. */
@NullMarked
package dev.safe.sample.extension;

import org.jspecify.annotations.NullMarked;
