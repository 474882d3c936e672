package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Finding a panic among causes. */
class ExtensionPanicExceptionTest {

    @Test
    void shouldFindAPanicAmongCausesThatCycleOrThrow() {
        ExtensionPanicException panic = new ExtensionPanicException("a", Phase.POLL, new IllegalStateException());
        assertThat(ExtensionPanicException.findIn(new RuntimeException(new IOException(panic))))
                .containsSame(panic);
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        assertThat(ExtensionPanicException.findIn(one)).isEmpty();
        assertThat(ExtensionPanicException.findIn(null)).isEmpty();
        assertThat(ExtensionPanicException.findIn(new Exception() {
                    @Override
                    public synchronized Throwable getCause() {
                        throw new IllegalStateException("hostile");
                    }
                }))
                .isEmpty();
    }

    @Test
    void shouldFindAPanicAmongTheFirstThousandCauses() {
        Throwable last = new ExtensionPanicException("a", Phase.POLL, new IllegalStateException());
        for (int i = 1; i < 1_000; i++) {
            last = new RuntimeException(last);
        }
        assertThat(ExtensionPanicException.findIn(last)).isPresent();
        assertThat(ExtensionPanicException.findIn(new RuntimeException(last))).isEmpty();
    }
}
