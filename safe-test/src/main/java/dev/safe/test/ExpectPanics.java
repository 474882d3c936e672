package dev.safe.test;

import dev.safe.Phase;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a test makes extensions panic, any number of times. The test fails if there is no such panic. A test
 * that asserts its panics one by one does not need the annotation.
 *
 * @see GuardExtension
 * @since 0.1
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ExpectPanics {

    /**
     * Returns the names of the extensions that panic. Any extension may, if none is given.
     *
     * @return names
     */
    String[] value() default {};

    /**
     * Returns the phases in which they panic. Any phase counts, if none is given.
     *
     * @return phases
     */
    Phase[] phases() default {};
}
