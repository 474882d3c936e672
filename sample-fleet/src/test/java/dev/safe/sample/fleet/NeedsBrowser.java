package dev.safe.sample.fleet;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Skips a test class without a browser, unless {@code -Dbrowser.required=true}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "dev.safe.sample.fleet.Browser#isExpected",
        disabledReason = "chromium or chromedriver is not on the PATH (Debian: chromium and chromium-driver)")
@interface NeedsBrowser {}
