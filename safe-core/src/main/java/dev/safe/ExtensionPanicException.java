package dev.safe;

import dev.safe.internal.render.ThrowableText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by the guard if an extension panicked and the policy of the phase is to throw. By then the panic is counted
 * and reported.
 *
 * <p>Unlike reports, it holds what was thrown, as value and as cause. Whoever keeps it keeps the extension's class
 * loader alive.
 *
 * @since 0.1
 */
public final class ExtensionPanicException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 1_000;

    private final String extension;
    private final Phase phase;
    private final Throwable value;

    ExtensionPanicException(String extension, Phase phase, Throwable value) {
        super(
                "extension \"%s\" panic during %s: %s".formatted(extension, phase.tag(), ThrowableText.describe(value)),
                value);
        this.extension = extension;
        this.phase = phase;
        this.value = value;
    }

    /**
     * Returns the extension that panicked.
     *
     * @return its name
     */
    public String extension() {
        return extension;
    }

    /**
     * Returns the entry point that it panicked in.
     *
     * @return the phase
     */
    public Phase phase() {
        return phase;
    }

    /**
     * Returns what it threw.
     *
     * @return the throwable, which is also the cause
     */
    public Throwable value() {
        return value;
    }

    /**
     * Looks for a panic among a throwable and its causes, for example in what a framework wrapped around it. Never throws
     * and always ends, even if a cause throws when asked or the causes form a cycle.
     *
     * @param t where to start, or null
     * @return the first panic, if there is one within the first 1,000 causes
     */
    public static Optional<ExtensionPanicException> findIn(@Nullable Throwable t) {
        Throwable current = t;
        for (int depth = 0; current != null && depth < MAX_CAUSES; depth++) {
            if (current instanceof ExtensionPanicException panic) {
                return Optional.of(panic);
            }
            try {
                current = current.getCause();
            } catch (Throwable hostile) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
