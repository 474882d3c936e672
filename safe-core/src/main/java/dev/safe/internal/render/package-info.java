/**
 * Renders what extensions throw as strings that are safe to print and to keep, whatever a throwable does when asked.
 */
@NullMarked
package dev.safe.internal.render;

import org.jspecify.annotations.NullMarked;
