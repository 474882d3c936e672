/**
 * Contains the beans of a Spring application: the aspect, the registration of beans with the guard, and application
 * events.
 *
 * @serial exclude
 */
@NullMarked
package dev.safe.spring;

import org.jspecify.annotations.NullMarked;
