package dev.safe;

import dev.safe.internal.time.Nanos;
import java.time.Duration;

/**
 * A policy has a setting that is out of range or contradicts another.
 *
 * <p>The message names the setting, the rule and what was given, for example {@code 'threshold' must be at least 1, got 0}.
 *
 * @since 0.1
 */
public final class InvalidPolicyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String value;
    private final String rule;

    private InvalidPolicyException(String setting, String rule, Object value) {
        super("'" + setting + "' " + rule + ", got " + text(value));
        this.setting = setting;
        this.rule = rule;
        this.value = text(value);
    }

    private static String text(Object value) {
        return value instanceof Duration duration ? Nanos.format(duration) : String.valueOf(value);
    }

    /**
     * Checks a setting.
     *
     * @param valid whether the value obeys the rule
     * @param setting the setting as the builders call it
     * @param rule the rule, fit to follow the setting's name
     * @param value what was given
     * @throws InvalidPolicyException if the value does not obey the rule
     */
    public static void check(boolean valid, String setting, String rule, Object value) {
        if (!valid) {
            throw new InvalidPolicyException(setting, rule, value);
        }
    }

    /**
     * Returns the setting as the builders call it, for example {@code maxBackoff}.
     *
     * @return the setting's name
     */
    public String setting() {
        return setting;
    }

    /**
     * Returns the value that was given.
     *
     * @return the value as text
     */
    public String value() {
        return value;
    }

    /**
     * Returns the rule that the value breaks, for example {@code must be at least 1}.
     *
     * @return the rule, fit to follow the setting's name
     */
    public String rule() {
        return rule;
    }
}
