/** Publishes what the guard counts as Micrometer meters. */
@NullMarked
package dev.safe.spring.metrics;

import org.jspecify.annotations.NullMarked;
