/** Applications that tests start as processes of their own. */
@NullMarked
package dev.safe.sample.process;

import org.jspecify.annotations.NullMarked;
