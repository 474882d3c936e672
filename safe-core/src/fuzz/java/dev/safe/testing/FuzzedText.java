package dev.safe.testing;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.regex.Pattern;

/** Draws texts that are hard to print, and checks those that were made safe. */
public final class FuzzedText {

    private static final int MAX_PIECES = 5;
    private static final int MAX_REPEATED = 1_200;

    private static final String[] PIECES = {
        "",
        "a",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u001B[31m",
        "\u007F",
        "\u0085",
        "\u00AD",
        "\u200B",
        "\u2028",
        "\u2029",
        "\u202E",
        "\u2066",
        "\uFEFF",
        "\uD800",
        "\uDC00",
        "\uFFFF",
        "\uD83C\uDF89",
        "\uDB40\uDC01", // A tag character, of two units.
        "\"",
        "\\",
        "\\n",
        "{}",
        "%n",
        "${HOME}",
        "Caused by: ",
        "x".repeat(1_023),
        "x".repeat(1_024)
    };

    /** Matches what must never reach a log. Regular expressions know Unicode by themselves, apart from the code under test. */
    private static final Pattern UNSAFE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

    private FuzzedText() {}

    /** Draws a text of a few pieces. */
    public static String draw(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        int pieces = data.consumeInt(0, MAX_PIECES);
        for (int i = 0; i < pieces; i++) {
            switch (data.consumeInt(0, 3)) {
                case 0 -> text.append(data.consumeChar());
                case 1 -> text.append(data.consumeString(24));
                case 2 -> text.append(repeated(data.pickValue(PIECES), data.consumeInt(0, MAX_REPEATED)));
                default -> text.append(data.pickValue(PIECES));
            }
        }
        return text.toString();
    }

    /** Repeats a piece up to about as many characters, since longer texts only take longer. */
    private static String repeated(String piece, int characters) {
        return piece.repeat(characters / Math.max(1, piece.length()));
    }

    /** Returns whether a text has no character that a terminal or a log reader would obey. */
    public static boolean isPrintable(String text) {
        return !UNSAFE.matcher(text).find();
    }
}
