/**
 * Helps to test hosts and extensions: extensions that misbehave on demand, assertions about guards, and a contract to
 * test extensions against.
 */
@NullMarked
package dev.safe.test;

import org.jspecify.annotations.NullMarked;
