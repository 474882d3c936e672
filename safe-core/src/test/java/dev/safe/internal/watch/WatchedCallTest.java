package dev.safe.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interrupts nested calls of one thread in the order in which watchdogs of two guards may come to do it. */
class WatchedCallTest {

    private final WeakReference<Watched> watched = new WeakReference<>(null);
    private final Thread caller = Thread.currentThread();
    private final WatchedCall outer = begin();
    private final WatchedCall inner = begin();

    private WatchedCall begin() {
        WatchedCall call = Objects.requireNonNull(ThreadCalls.current().free(null));
        call.begin(watched, 0);
        return call;
    }

    @AfterEach
    void clearFlag() {
        boolean unused = Thread.interrupted();
    }

    private static void claim(WatchedCall call) {
        assertThat(call.claim(call.running())).isTrue();
    }

    @Test
    void shouldHandOnAnInterruptThatTheInnerCallsInterruptPassedFor() {
        claim(outer);
        claim(inner);
        inner.settleByInterrupt(caller);
        outer.settleByInterrupt(caller); // Finds the flag set, and does not interrupt.
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldHandItOnThoughTheInnerCallHasHeededItsInterrupt() {
        claim(outer);
        claim(inner);
        inner.settleByInterrupt(caller);
        outer.settleByInterrupt(caller);
        assertThat(Thread.interrupted()).isTrue(); // As a sleep that is interrupted does.
        inner.noteHeeded(caller);
        inner.noteHeeded(caller);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.HEEDED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldLeaveTheFlagOfTheHostAloneWhereACallWithinWasNotInterrupted() {
        caller.interrupt();
        claim(outer);
        outer.settleByInterrupt(caller);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(outer.end()).isEqualTo(WatchedCall.End.OVERDUE);
        assertThat(Thread.interrupted()).as("interrupt of the host").isTrue();
    }

    @Test
    void shouldInterruptTheOuterCallOnceTheInnerOneHasEnded() {
        claim(inner);
        inner.settleByInterrupt(caller);
        long number = outer.running();
        claim(outer);
        assertThat(outer.isInterruptedWithin()).isTrue();
        outer.settleOwed(number);
        assertThat(outer.claimOwed()).isFalse();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }
}
