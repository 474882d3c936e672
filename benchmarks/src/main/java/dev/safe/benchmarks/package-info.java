/** Measures with JMH what containment costs, beside the limits of the machine and what users would pick instead. */
@NullMarked
package dev.safe.benchmarks;

import org.jspecify.annotations.NullMarked;
