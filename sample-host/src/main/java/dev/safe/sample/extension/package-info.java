/** Extensions: normal beans that give cells a capability, and know nothing of what contains them. */
@NullMarked
package dev.safe.sample.extension;

import org.jspecify.annotations.NullMarked;
