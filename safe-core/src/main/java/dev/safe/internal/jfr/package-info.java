/**
 * The events for Java Flight Recorder, in the form that it requires: classes with public fields. Only this package and
 * the log that fills it may refer to the recorder's module.
 */
@NullMarked
package dev.safe.internal.jfr;

import org.jspecify.annotations.NullMarked;
