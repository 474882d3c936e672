/**
 * Runs cells: WASM modules, each with its own queue of events and its own step loop.
 *
 * <p>A module exports
 * <ul>
 *   <li>{@code memory}, of at most 16 MiB
 *   <li>{@code buffer() -> i32}: where the host writes the payload of an event; called once
 *   <li>{@code capacity() -> i32}: how many bytes fit there; called once
 *   <li>{@code step(kind: i32, length: i32)}: handles an event of kind 1 (HTTP request), 2 (UDP packet), 3 (tick) or 4 (chaos)
 * </ul>
 * and imports what it needs from the module {@code host}:
 * <ul>
 *   <li>{@code reply(pointer: i32, length: i32)}: answers the HTTP request that the step handles
 *   <li>{@code udp_send(pointer: i32, length: i32)}: sends a packet to the sender of the packet that the step handles
 *   <li>{@code log(pointer: i32, length: i32)}: writes a line to the host's log
 *   <li>{@code chaos() -> i32}: may do anything
 * </ul>
 *
 * <p>A guest traps if it passes a pointer and length outside its memory, or if a step or its instantiation exceeds the
 * host's step deadline. A trapped guest is instantiated again, with new memory and globals. A module with a
 * {@code return_call} does not start, since no interrupt can end it. An event of another kind, or one too large for the
 * buffer, is the extension's mistake and is dropped.
 */
@NullMarked
package dev.safe.sample.cell;

import org.jspecify.annotations.NullMarked;
