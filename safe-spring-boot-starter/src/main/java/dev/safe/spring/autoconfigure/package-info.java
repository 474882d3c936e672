/** Wires the parts of Safe into a Spring Boot application. Each part has its own auto-configuration. */
@NullMarked
package dev.safe.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
