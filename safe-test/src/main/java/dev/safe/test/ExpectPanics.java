package dev.safe.test;

import dev.safe.Phase;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a test makes extensions panic, any number of times. The test fails if there is no such panic. It is for tests
 * that do not assert the panics one by one: those that do need no annotation.
 *
 * @see GuardExtension
 * @since 0.1
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ExpectPanics {

    /**
     * The names of the extensions that panic. Any extension, if none is given.
     *
     * @return names
     */
    String[] value() default {};

    /**
     * The entry points in which they panic. Any entry point, if none is given.
     *
     * @return phases
     */
    Phase[] phases() default {};
}
