package dev.safe.internal.watch;

import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Has the budget that a test says, and records what it is notified of. Thread-safe. */
class RecordingWatched implements Watched {

    static final long LIMIT = 10;

    final CopyOnWriteArrayList<String> events = new CopyOnWriteArrayList<>();
    final WeakReference<RecordingWatched> self = new WeakReference<>(this);
    final Watchdog watchdog;
    volatile long limit = LIMIT;
    volatile boolean stamped = true;
    volatile boolean interrupting = true;
    volatile Runnable overran = () -> {};

    RecordingWatched(Watchdog watchdog) {
        this.watchdog = watchdog;
    }

    /** Begins a call on the current thread. */
    WatchedCall begin(long probe, long now) {
        ThreadCalls calls = ThreadCalls.current();
        WatchedCall call = Objects.requireNonNull(calls.free(null));
        call.begin(self, probe, now);
        calls.listWith(watchdog);
        return call;
    }

    /** Ends the calls of the current thread that are left, and clears its flag. */
    static void endAll() {
        ThreadCalls calls = ThreadCalls.current();
        for (WatchedCall call = calls.innermost(); call != null; call = calls.innermost()) {
            call.end();
        }
        boolean unused = Thread.interrupted();
    }

    @Override
    public Watchdog watchdog() {
        return watchdog;
    }

    @Override
    public long limitNanos() {
        return limit;
    }

    @Override
    public boolean isStamped() {
        return stamped;
    }

    @Override
    public boolean interruptsOverruns() {
        return interrupting;
    }

    @Override
    public void overran(long probe, Thread caller) {
        events.add("overran " + probe + " on " + caller.getName());
        overran.run();
    }

    @Override
    public void overrunEnded() {
        events.add("ended");
    }

    @Override
    public void reportOverrun(Thread thread, StackTraceElement[] trace) {
        events.add("reported " + (trace.length == 0 ? "without a trace" : "with a trace"));
    }

    @Override
    public void overrunUnreported() {
        events.add("unreported");
    }
}
