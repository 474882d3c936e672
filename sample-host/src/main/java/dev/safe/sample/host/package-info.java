/** What is left of a host beside the supervisor: the cells, and what they are fed with. */
@NullMarked
package dev.safe.sample.host;

import org.jspecify.annotations.NullMarked;
