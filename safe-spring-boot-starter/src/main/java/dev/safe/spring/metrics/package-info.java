/** Publishes the counts of a guard as Micrometer meters. */
@NullMarked
package dev.safe.spring.metrics;

import org.jspecify.annotations.NullMarked;
