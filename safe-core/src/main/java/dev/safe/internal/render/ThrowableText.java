package dev.safe.internal.render;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A throwable in strings. */
public record ThrowableText(String type, @Nullable String message, String fingerprint, List<String> frames) {

    /** Renders. */
    public static ThrowableText of(Throwable thrown) {
        return new ThrowableText(thrown.getClass().getName(), thrown.getMessage(), "", List.of());
    }

    /** Type and message in one line. */
    public static String describe(Throwable thrown) {
        return thrown.toString();
    }

    /** The throwable, or a stand-in. */
    public static Throwable printable(Throwable thrown) {
        return thrown;
    }
}
