/** Hosts and a config server of Spring Cloud as processes, and what a file on the server decides. */
@NullMarked
package dev.safe.sample.config;

import org.jspecify.annotations.NullMarked;
