package dev.safe.spring.autoconfigure;

/** Reports a property whose value no policy can have. */
final class InvalidSafePropertyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String value;
    private final String rule;

    InvalidSafePropertyException(String key, String value, String rule) {
        super("'%s' %s, got %s".formatted(key, rule, value));
        this.key = key;
        this.value = value;
        this.rule = rule;
    }

    String key() {
        return key;
    }

    String value() {
        return value;
    }

    String rule() {
        return rule;
    }
}
