/**
 * Wraps host functions, so that each call crosses a boundary by one protocol. A wrapper is an instance of a class spun
 * for its interface or its handle's type. Where no class can be spun, it is a proxy or a combination of method handles.
 */
@NullMarked
package dev.safe.internal.hostfunction;

import org.jspecify.annotations.NullMarked;
