/** What can be asked of the host over HTTP. */
@NullMarked
package dev.safe.sample.web;

import org.jspecify.annotations.NullMarked;
