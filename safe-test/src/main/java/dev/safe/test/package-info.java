/**
 * What whoever builds on Safe tests with: extensions that misbehave on demand, assertions for guards, and a contract that
 * extensions are tested against.
 */
@NullMarked
package dev.safe.test;

import org.jspecify.annotations.NullMarked;
