package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StackEndTest {

    private static final int LEVELS = 2_000;

    private final Throwable hostile = new IllegalStateException("a\nb");
    private final Set<String> descriptions = new TreeSet<>();
    private int levels;

    @Test
    @Tag("slow")
    void shouldRenderAsSoonAsThereIsRoomAgain() {
        render(); // Warms up first, since an agent that measures coverage cannot load classes where the stack ends.
        descriptions.clear();
        descend();
        assertThat(levels).isEqualTo(LEVELS);
        assertThat(descriptions)
                .contains("java.lang.IllegalStateException: a\\nb")
                .isSubsetOf(
                        "java.lang.IllegalStateException: a\\nb",
                        "java.lang.IllegalStateException: (getMessage threw java.lang.StackOverflowError)",
                        "java.lang.IllegalStateException",
                        "java.lang.Throwable: (no stack or memory left to render it)");
        assertThat(ThrowableText.of(hostile).message()).isEqualTo("a\\nb");
        assertThat(ThrowableText.printable(hostile)).isInstanceOf(SafeCopy.class);
    }

    /** Renders at each of the deepest levels, from those with no room at all to those with enough. */
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError end) {
            levels = 0;
        }
        if (levels < LEVELS) {
            levels++;
            try {
                render();
            } catch (StackOverflowError tooDeepEvenToCall) {
                return;
            }
        }
    }

    private void render() {
        Objects.requireNonNull(ThrowableText.of(hostile).type());
        Objects.requireNonNull(ThrowableText.printable(hostile));
        descriptions.add(ThrowableText.describe(hostile));
    }
}
