/**
 * What a host uses: the contract that an extension implements, the guard that contains it, policies, listeners and
 * snapshots.
 *
 * @serial exclude
 */
@NullMarked
package dev.safe;

import org.jspecify.annotations.NullMarked;
