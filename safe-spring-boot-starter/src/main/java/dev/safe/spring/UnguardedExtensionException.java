package dev.safe.spring;

/**
 * Reports that an extension bean is not contained, where {@code safe.unguarded} is {@code fail}.
 *
 * @since 0.1
 */
public final class UnguardedExtensionException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String bean;
    private final String type;

    UnguardedExtensionException(String bean, String type) {
        super("extension bean '%s' of type %s is not contained: no advice reaches it".formatted(bean, type));
        this.bean = bean;
        this.type = type;
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
}
