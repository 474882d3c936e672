/** What an operator sees and does: the {@code extensions} endpoint and health contributor. */
@NullMarked
package dev.safe.spring.actuate;

import org.jspecify.annotations.NullMarked;
