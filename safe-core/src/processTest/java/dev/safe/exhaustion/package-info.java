/** Programs that run out of stack or heap, each in a JVM of its own, and the tests that start them. */
package dev.safe.exhaustion;
