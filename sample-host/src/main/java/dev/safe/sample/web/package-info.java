/** Serves the host's HTTP API. */
@NullMarked
package dev.safe.sample.web;

import org.jspecify.annotations.NullMarked;
