package dev.safe.spring;

/**
 * An extension bean is not contained, and {@code safe.unguarded} is {@code fail}.
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
     * The bean.
     *
     * @return its bean name
     */
    public String bean() {
        return bean;
    }

    /**
     * The bean's class.
     *
     * @return the class name
     */
    public String type() {
        return type;
    }
}
