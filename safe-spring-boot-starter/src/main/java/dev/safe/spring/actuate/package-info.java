/** Provides the {@code extensions} endpoint and health contributor, by which operators watch and act. */
@NullMarked
package dev.safe.spring.actuate;

import org.jspecify.annotations.NullMarked;
