/**
 * Wraps host functions, so that each call crosses a boundary by one protocol. A wrapper is of a class spun for its
 * interface or handle's type. Where none can be spun, it is a proxy or a combination of method handles.
 */
@NullMarked
package dev.safe.internal.hostfunction;

import org.jspecify.annotations.NullMarked;
