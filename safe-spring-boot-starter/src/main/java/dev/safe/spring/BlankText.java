package dev.safe.spring;

import java.util.regex.Pattern;

/** Recognizes texts in which there is nothing to see, and so no reason that the next person on call could read. Thread-safe. */
public final class BlankText {

    /** Blanks of any kind, controls, format characters, and letters and symbols without a glyph. */
    private static final Pattern BLANK = Pattern.compile("[\\p{Z}\\p{Cc}\\p{Cf}\\u115F\\u1160\\u2800\\u3164\\uFFA0]*");

    private BlankText() {}

    /**
     * Returns whether there is nothing to see. {@link String#isBlank()} knows neither the no-break space nor what has no
     * width.
     *
     * @param text any text
     * @return true if it is empty, or has only characters that leave no mark
     */
    public static boolean isBlank(String text) {
        return BLANK.matcher(text).matches();
    }
}
