/** A server that watches and steers a fleet of sample hosts. */
@NullMarked
package dev.safe.sample.admin;

import org.jspecify.annotations.NullMarked;
