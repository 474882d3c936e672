package dev.safe.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Together;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Knows the calls of a thread, and the watchdogs that look at them. */
class ThreadCallsTest {

    private static final long PROBE = 3;

    private final Watchdog first = watchdog();
    private final Watchdog second = watchdog();
    private final Watchdog third = watchdog();
    private final Watchdog fourth = watchdog();

    private static Watchdog watchdog() {
        return new Watchdog(() -> 0, true, (what, ours) -> {});
    }

    /** Runs a test on a thread that has made no calls. */
    private static <T> T onNewThread(Callable<T> test) throws Exception {
        return Together.call(1, test).get(0);
    }

    private static ThreadCalls calls() throws Exception {
        return onNewThread(ThreadCalls::current);
    }

    private static WatchedCall begin(ThreadCalls calls, WeakReference<? extends Watched> within) {
        WatchedCall call = Objects.requireNonNull(calls.free(within));
        call.begin(within, PROBE);
        return call;
    }

    @Test
    void shouldBeTheSameForAllCallsOfAThread() throws Exception {
        ThreadCalls calls = ThreadCalls.current();
        assertThat(ThreadCalls.current()).isSameAs(calls);
        assertThat(calls.thread()).isSameAs(Thread.currentThread());
        assertThat(calls()).isNotSameAs(calls);
    }

    @Test
    void shouldKnowThatItsThreadHasEnded() throws Exception {
        ThreadCalls[] calls = new ThreadCalls[1];
        Thread thread = new Thread(() -> calls[0] = ThreadCalls.current());
        thread.start();
        thread.join();
        assertThat(calls[0].get()).isSameAs(thread);
        assertThat(calls[0].thread()).isNull();
    }

    @Test
    void shouldBeListedOnceWithEachWatchdog() throws Exception {
        ThreadCalls calls = calls();
        assertThat(calls.list(first)).isTrue();
        assertThat(calls.list(first)).isFalse();
        assertThat(calls.list(second)).isTrue();
        assertThat(calls.listed).isSameAs(first);
        assertThat(calls.list(second)).isFalse();
        assertThat(calls.list(third)).isTrue();
        assertThat(calls.list(fourth)).isTrue();
        assertThat(calls.list(first)).isFalse();
        assertThat(calls.list(second)).isFalse();
        assertThat(calls.list(third)).isFalse();
        assertThat(calls.list(fourth)).isFalse();
    }

    @Test
    void shouldBeListedAnewWithAWatchdogThatHasLetGoOfIt() throws Exception {
        ThreadCalls calls = calls();
        assertThat(calls.list(first)).isTrue();
        assertThat(calls.list(second)).isTrue();
        calls.unlist(first);
        assertThat(calls.list(second)).isFalse();
        assertThat(calls.list(first)).isTrue();
        assertThat(calls.list(first)).isFalse();
    }

    @Test
    void shouldStayListedWithTheOtherWatchdogs() throws Exception {
        ThreadCalls calls = calls();
        for (Watchdog watchdog : new Watchdog[] {first, second, third, fourth}) {
            assertThat(calls.list(watchdog)).isTrue();
        }
        calls.unlist(second);
        assertThat(calls.list(first)).isFalse();
        assertThat(calls.list(third)).isFalse();
        assertThat(calls.list(fourth)).isFalse();
        calls.unlist(third);
        assertThat(calls.list(fourth)).isFalse();
        calls.unlist(fourth);
        assertThat(calls.list(first)).isFalse();
        assertThat(calls.list(second)).isTrue();
        assertThat(calls.list(third)).isTrue();
        assertThat(calls.list(fourth)).isTrue();
    }

    @Test
    void shouldIgnoreAWatchdogThatItIsNotListedWith() throws Exception {
        ThreadCalls calls = calls();
        calls.unlist(first);
        assertThat(calls.list(first)).isTrue();
        assertThat(calls.list(second)).isTrue();
        calls.unlist(third);
        assertThat(calls.list(first)).isFalse();
        assertThat(calls.list(second)).isFalse();
    }

    @Test
    void shouldListItselfWhereItIsNotListed() throws Exception {
        ThreadCalls calls = onNewThread(() -> {
            ThreadCalls current = ThreadCalls.current();
            current.listWith(first);
            return current;
        });
        assertThat(calls.list(first)).isFalse();
        first.close();
        assertThat(calls.list(first)).as("listed after it was closed").isTrue();
    }

    @Test
    void shouldNotListItselfWithAWatchdogThatIsClosed() throws Exception {
        first.close();
        ThreadCalls calls = calls();
        calls.listWith(first);
        assertThat(calls.list(first)).isTrue();
    }

    @Test
    void shouldFindTheInnermostCallInFlight() throws Exception {
        WeakReference<Watched> a = new WeakReference<>(null);
        WeakReference<Watched> b = new WeakReference<>(null);
        onNewThread(() -> {
            ThreadCalls calls = ThreadCalls.current();
            assertThat(calls.innermost()).isNull();
            WatchedCall outer = begin(calls, a);
            assertThat(calls.innermost()).isSameAs(outer);
            assertThat(calls.outermost()).isSameAs(outer);
            WatchedCall inner = begin(calls, b);
            assertThat(inner).isNotSameAs(outer);
            assertThat(calls.innermost()).isSameAs(inner);
            inner.end();
            assertThat(calls.innermost()).isSameAs(outer);
            assertThat(begin(calls, b)).isSameAs(inner);
            inner.end();
            outer.end();
            assertThat(calls.innermost()).isNull();
            assertThat(begin(calls, b)).isSameAs(outer);
            return outer.end();
        });
    }

    @Test
    void shouldFindNothingFreeForACallWithinOneOfTheSameKind() throws Exception {
        WeakReference<Watched> a = new WeakReference<>(null);
        WeakReference<Watched> b = new WeakReference<>(null);
        onNewThread(() -> {
            ThreadCalls calls = ThreadCalls.current();
            WatchedCall outer = begin(calls, a);
            WatchedCall inner = begin(calls, b);
            assertThat(calls.free(a)).isNull();
            assertThat(calls.free(b)).isNull();
            assertThat(calls.free(null)).isNotNull().isNotIn(outer, inner);
            inner.end();
            assertThat(calls.free(b)).isSameAs(inner);
            assertThat(calls.free(a)).isNull();
            return outer.end();
        });
    }
}
