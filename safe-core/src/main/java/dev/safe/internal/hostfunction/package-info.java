/** Wraps host functions: one spun class per interface, one method-handle combinator, one protocol with the boundary. */
@NullMarked
package dev.safe.internal.hostfunction;

import org.jspecify.annotations.NullMarked;
