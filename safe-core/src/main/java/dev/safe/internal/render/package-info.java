/** Renders what an extension threw into strings that are safe to print and to keep, whatever the throwable does. */
@NullMarked
package dev.safe.internal.render;

import org.jspecify.annotations.NullMarked;
