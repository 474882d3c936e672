package dev.safe.internal.render;

import org.jspecify.annotations.Nullable;

/**
 * Text that is safe to print: one line, of limited length, with nothing in it that a terminal or a log reader would obey.
 *
 * <p>Control characters, line separators, characters that change the direction of text or are invisible, and unpaired
 * surrogates become escapes such as {@code \n} or <code>&#92;u001b</code>.
 */
public final class SafeText {

    /** The most characters a safe text has. A longer one is cut and ends in an ellipsis. */
    public static final int MAX_LENGTH = 1_024;

    private static final char ELLIPSIS = '\u2026';

    private SafeText() {}

    /**
     * Makes a text safe.
     *
     * @param text any text; null becomes "null"
     * @return the same instance if it is safe already
     */
    public static String of(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        return isSafe(text) ? text : escape(text);
    }

    /**
     * Whether a text can be printed as it is.
     *
     * @param text any text
     * @return whether {@link #of} would return the same instance
     */
    public static boolean isSafe(String text) {
        return text.length() <= MAX_LENGTH && isOneHarmlessLine(text);
    }

    /** Whether a text has no character in it that would be escaped, however long it is. */
    static boolean isOneHarmlessLine(String text) {
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            if (isUnsafe(character)) {
                return false;
            }
            i += Character.charCount(character);
        }
        return true;
    }

    private static String escape(String text) {
        StringBuilder safe = new StringBuilder(Math.min(text.length() + 16, MAX_LENGTH + 16));
        int end = 0; // Where the text is cut if the next character does not fit before the ellipsis.
        for (int i = 0; i < text.length() && safe.length() <= MAX_LENGTH; ) {
            int character = text.codePointAt(i);
            append(safe, character);
            if (safe.length() < MAX_LENGTH) {
                end = safe.length();
            }
            i += Character.charCount(character);
        }
        if (safe.length() > MAX_LENGTH) {
            safe.setLength(end);
            safe.append(ELLIPSIS);
        }
        return safe.toString();
    }

    private static void append(StringBuilder safe, int character) {
        switch (character) {
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> {
                if (isUnsafe(character)) {
                    safe.append("\\u");
                    String hex = Integer.toHexString(character);
                    safe.append("0".repeat(Math.max(0, 4 - hex.length()))).append(hex);
                } else {
                    safe.appendCodePoint(character);
                }
            }
        }
    }

    private static boolean isUnsafe(int character) {
        if (character < 0x7f) {
            return character < 0x20;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
