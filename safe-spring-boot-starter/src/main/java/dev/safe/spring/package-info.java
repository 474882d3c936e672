/**
 * What contains the beans of a Spring application: the aspect, what makes beans known to the guard, application events.
 *
 * @serial exclude
 */
@NullMarked
package dev.safe.spring;

import org.jspecify.annotations.NullMarked;
