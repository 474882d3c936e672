package dev.safe.internal.render;

import org.jspecify.annotations.Nullable;

/**
 * Makes text safe to print: one line, of limited length, with nothing in it that a terminal or a log reader would obey.
 * Thread-safe. Fails only for want of stack or memory.
 *
 * <p>An unsafe character becomes an escape that people can read: {@code \n}, {@code \r}, {@code \t}, or one such as
 * <code>&#92;u001B</code> for each UTF-16 unit. Unsafe are control characters, line and paragraph separators, format
 * characters (they change the direction of text, or cannot be seen) and unpaired surrogates. These are Unicode's
 * general categories Cc, Zl, Zp, Cf and Cs. A backslash stays as it is: escapes are for reading, not for parsing.
 *
 * <p>A {@linkplain #value value} goes between double quotes, as log layouts put the values of keys, and must not end
 * them early. A double quote in it becomes a single one, since escaping it would help only parsers that understand
 * escapes. For those parsers, a backslash at the end would escape the closing quote, so it becomes
 * <code>&#92;u005C</code>.
 */
public final class SafeText {

    /** Limits the characters of a safe text. A longer one is cut and ends in an ellipsis. */
    public static final int MAX_LENGTH = 1_024;

    private static final String BACKSLASH = "\\u005C";
    private static final String NO_GLYPH = "\u115F\u1160\u2800\u3164\uFFA0";
    private static final String ELLIPSIS = "\u2026";

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
     * Makes a text safe to stand between double quotes.
     *
     * @param text any text; null becomes "null"
     * @return the same instance if it is safe already
     */
    public static String value(@Nullable String text) {
        String safe = of(text).replace('"', '\'');
        if (!safe.endsWith("\\")) {
            return safe;
        }
        String start = safe.substring(0, safe.length() - 1);
        return start.length() + BACKSLASH.length() <= MAX_LENGTH ? start.concat(BACKSLASH) : start.concat(ELLIPSIS);
    }

    /**
     * Returns whether a text can be printed as it is.
     *
     * @param text any text
     * @return whether {@link #of} would return the same instance
     */
    public static boolean isSafe(String text) {
        return isSafe(text, MAX_LENGTH);
    }

    /**
     * Returns whether there is nothing to see in a text: it is empty, or has only blanks of any kind, controls, format
     * characters, and letters and symbols without a glyph.
     *
     * @param text any text
     * @return whether nobody could read anything in it
     */
    public static boolean isBlank(String text) {
        return text.codePoints()
                .allMatch(character ->
                        isUnsafe(character) || Character.isSpaceChar(character) || NO_GLYPH.indexOf(character) >= 0);
    }

    /** Returns whether a text is safe, under a limit other than {@link #MAX_LENGTH}. */
    static boolean isSafe(String text, int maxLength) {
        if (text.length() > maxLength) {
            return false;
        }
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            if (isUnsafe(character)) {
                return false;
            }
            i += Character.charCount(character);
        }
        return true;
    }

    /** Escapes a text. Reads no further than the limit, and cuts neither a character nor an escape in half. */
    private static String escape(String text) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 16);
        int cut = 0; // Where to cut the text, so that the ellipsis fits.
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            append(safe, character);
            if (safe.length() > MAX_LENGTH) {
                safe.setLength(cut);
                return safe.append(ELLIPSIS).toString();
            }
            if (safe.length() < MAX_LENGTH) {
                cut = safe.length();
            }
            i += Character.charCount(character);
        }
        return safe.toString();
    }

    private static void append(StringBuilder safe, int character) {
        if (!isUnsafe(character)) {
            safe.appendCodePoint(character);
            return;
        }
        switch (character) {
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> {
                if (Character.isSupplementaryCodePoint(character)) {
                    appendUnit(safe, Character.highSurrogate(character));
                    appendUnit(safe, Character.lowSurrogate(character));
                } else {
                    appendUnit(safe, (char) character);
                }
            }
        }
    }

    private static void appendUnit(StringBuilder safe, char unit) {
        safe.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            safe.append("0123456789ABCDEF".charAt(unit >> shift & 0xF));
        }
    }

    private static boolean isUnsafe(int character) {
        if (character < 0x7F) {
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
