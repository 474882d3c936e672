/**
 * Provides the {@code extensions} endpoint and health contributor, through which operators observe and control
 * extensions.
 */
@NullMarked
package dev.safe.spring.actuate;

import org.jspecify.annotations.NullMarked;
