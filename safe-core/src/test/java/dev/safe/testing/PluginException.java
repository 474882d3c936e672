package dev.safe.testing;

/** What {@link Plugin} throws. */
public final class PluginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public PluginException() {
        super("a plugin's own\nexception");
    }
}
