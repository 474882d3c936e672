package dev.safe.spring;

/**
 * Reports a bean whose extension name is not valid.
 *
 * @since 0.1
 */
public final class InvalidExtensionNameException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String bean;
    private final String type;
    private final String rule;

    InvalidExtensionNameException(String bean, String type, String rule) {
        super("bean '%s' of type %s: %s".formatted(bean, type, rule));
        this.bean = bean;
        this.type = type;
        this.rule = rule;
    }

    /**
     * Returns the bean.
     *
     * @return its bean name
     */
    public String bean() {
        return bean;
    }

    /**
     * Returns the bean's class.
     *
     * @return the class name
     */
    public String type() {
        return type;
    }

    /**
     * Returns what was wrong with the name, and the name.
     *
     * @return the rule and the value, safe to print
     */
    public String rule() {
        return rule;
    }
}
