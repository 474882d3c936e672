package dev.safe.testing;

/** What {@link Plugin} throws. */
public final class PluginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says so. */
    public PluginException() {
        super("a plugin's own\nexception");
    }
}
