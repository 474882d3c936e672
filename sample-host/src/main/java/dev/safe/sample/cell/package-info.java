/**
 * Cells: WASM modules, each with its own queue of events and its own step loop.
 *
 * <p>A module exports
 * <ul>
 *   <li>{@code memory}, of at most 16 MiB
 *   <li>{@code buffer() -> i32}: where the host writes the payload of an event; asked once
 *   <li>{@code capacity() -> i32}: how many bytes fit there; asked once
 *   <li>{@code step(kind: i32, length: i32)}: is told of an event: 1 an HTTP request, 2 a UDP packet, 3 a tick, 4 chaos
 * </ul>
 * and imports what it wants of the module {@code host}:
 * <ul>
 *   <li>{@code reply(pointer: i32, length: i32)}: answers the HTTP request that the step is about
 *   <li>{@code udp_send(pointer: i32, length: i32)}: sends a packet to the sender of the one that the step is about
 *   <li>{@code log(pointer: i32, length: i32)}: writes a line to the host's log
 *   <li>{@code chaos() -> i32}: may do anything
 * </ul>
 * A pointer and length outside of the memory, or a module with a {@code return_call}, which no interrupt can end, is the
 * guest's fault: it traps, or does not start. So does one that takes longer than the host's step deadline, in a step or while it
 * is instantiated. A trapped guest is instantiated anew, its memory and globals as new. An event of a kind that is not listed
 * here, or too large for the buffer, is the fault of the extension that made it: it is dropped.
 */
@NullMarked
package dev.safe.sample.cell;

import org.jspecify.annotations.NullMarked;
