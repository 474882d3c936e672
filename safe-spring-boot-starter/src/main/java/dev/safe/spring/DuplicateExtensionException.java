package dev.safe.spring;

/**
 * Reports two beans that claim to be the same extension. They would share counts, policy and quarantine, which nobody
 * intends.
 *
 * @since 0.1
 */
public final class DuplicateExtensionException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String extension;
    private final String firstBean;
    private final String secondBean;

    DuplicateExtensionException(String extension, String firstBean, String secondBean) {
        super("beans '%s' and '%s' are both named \"%s\"".formatted(firstBean, secondBean, extension));
        this.extension = extension;
        this.firstBean = firstBean;
        this.secondBean = secondBean;
    }

    /**
     * Returns the name that both beans have.
     *
     * @return the extension's name
     */
    public String extension() {
        return extension;
    }

    /**
     * Returns the bean that was created first.
     *
     * @return its bean name
     */
    public String firstBean() {
        return firstBean;
    }

    /**
     * Returns the bean that was created second.
     *
     * @return its bean name
     */
    public String secondBean() {
        return secondBean;
    }
}
