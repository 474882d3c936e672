/**
 * Wraps host functions, so that each call crosses a boundary by one protocol. Wrappers are classes spun for an
 * interface or a handle's type; where none can be spun, proxies and combined method handles.
 */
@NullMarked
package dev.safe.internal.hostfunction;

import org.jspecify.annotations.NullMarked;
