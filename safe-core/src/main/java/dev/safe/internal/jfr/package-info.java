/** The events that Java Flight Recorder gets, as it wants them: classes with public fields. Nothing else may refer to its module. */
@NullMarked
package dev.safe.internal.jfr;

import org.jspecify.annotations.NullMarked;
