package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.hostfunction.CallBoundary;
import dev.safe.testing.RecordingListener;
import org.junit.jupiter.api.Test;

/** Reports a memory error later if there was no memory to report it, without claiming to know where it happened. */
class MissedMemoryErrorTest {

    @Test
    void shouldBeReportedWithoutAPlace() {
        RecordingListener listener = new RecordingListener();
        try (ExtensionGuard guard = ExtensionGuard.builder().listener(listener).build()) {
            TestExtension extension = new TestExtension("a", () -> null);
            guard.callPoll(extension);
            Boundary poll = guard.registry().known("a").boundary(Phase.POLL);
            poll.unreportedMemoryErrors = 1;
            poll.set(CallBoundary.OWING, true);

            guard.callPoll(extension);

            assertThat(listener.all(PanicReport.class)).singleElement().satisfies(report -> {
                assertThat(report.panic())
                        .isEqualTo("java.lang.OutOfMemoryError:"
                                + " there was no memory left to report it when it happened");
                assertThat(report.location()).isNull();
                assertThat(report.frames()).isEmpty();
            });
        }
    }
}
