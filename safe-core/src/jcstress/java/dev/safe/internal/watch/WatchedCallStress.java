package dev.safe.internal.watch;

import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LZZ_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Calls end while watchdogs interrupt them. */
public final class WatchedCallStress {

    private WatchedCallStress() {}

    /** Does what the watchdog does about a call over its budget. Returns whether the call had not ended. */
    private static boolean overrun(WatchedCall call, Thread caller) {
        long number = call.running();
        if (number < 0 || !call.claim(number)) {
            return false;
        }
        if (!call.isInterruptedWithin()) {
            call.settleByInterrupt(caller);
        } else {
            call.settleOwed(number);
            if (call.claimOwed()) {
                call.settleByInterrupt(caller);
            }
        }
        return true;
    }

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The call ended first, or had not begun.")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "It was interrupted in time, and leaves no trace.")
    @Outcome(id = "true, .*", expect = Expect.FORBIDDEN, desc = "The interrupt landed after the call had ended.")
    @State
    public static class InterruptAgainstEnd {

        private final WatchedCall call = new WatchedCall(null, null);
        private final WeakReference<Watched> watched = new WeakReference<>(null);
        private volatile @Nullable Thread caller;

        @Actor
        public void call(ZZ_Result result) {
            Thread.interrupted();
            caller = Thread.currentThread();
            call.begin(watched, 0);
            call.end();
            result.r1 = Thread.currentThread().isInterrupted();
        }

        @Actor
        public void watch(ZZ_Result result) {
            Thread overdue = caller;
            long number = call.running();
            if (overdue != null && number >= 0 && call.claim(number)) {
                call.settleByInterrupt(overdue);
                result.r2 = true;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The first call ended first, or had not begun.")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The call that was seen is the one interrupted.")
    @Outcome(id = "true, .*", expect = Expect.FORBIDDEN, desc = "The call after it was interrupted.")
    @State
    public static class InterruptAgainstTheNextCall {

        private final WatchedCall call = new WatchedCall(null, null);
        private final WeakReference<Watched> watched = new WeakReference<>(null);
        private volatile @Nullable Thread caller;

        @Actor
        public void call(ZZ_Result result) {
            Thread.interrupted();
            caller = Thread.currentThread();
            call.begin(watched, 0);
            call.end();
            call.begin(watched, 0); // Begins the next call with the same object.
            boolean flagged = Thread.currentThread().isInterrupted();
            result.r1 = call.end() == WatchedCall.End.IN_TIME && flagged;
        }

        @Actor
        public void watch(ZZ_Result result) {
            Thread overdue = caller;
            long number = call.running();
            if (overdue != null && number >= 0 && call.claim(number)) {
                call.settleByInterrupt(overdue);
                result.r2 = true;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The call that was seen ended first, or there was none.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "What is known of the first call belongs to it.")
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "What is known of the second call belongs to it.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A claimed call is taken for another one.")
    @State
    public static class ClaimAgainstTheNextCall {

        private static final long FIRST = 1;

        private final WatchedCall call = new WatchedCall(null, null);
        private final WeakReference<Watched> watched = new WeakReference<>(null);

        @Actor
        public void call() {
            call.begin(watched, 1);
            call.end();
            call.begin(watched, 2);
            call.end();
        }

        @Actor
        public void watch(JJ_Result result) {
            long number = call.running();
            long probe = call.probe();
            if (number >= 0 && call.claim(number)) {
                call.settleOverdue(number);
                result.r1 = number == FIRST ? 1 : 2;
                result.r2 = probe;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "false, false, false", expect = Expect.ACCEPTABLE, desc = "The outer call had ended.")
    @Outcome(
            id = "true, true, false",
            expect = Expect.ACCEPTABLE,
            desc = "It has its own interrupt, and leaves no trace.")
    @Outcome(
            id = "true, false, .*",
            expect = Expect.FORBIDDEN,
            desc = "Its interrupt is lost with that of the inner call.")
    @Outcome(id = "false, true, .*", expect = Expect.FORBIDDEN, desc = "The inner call's interrupt outlives it.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "An interrupt landed after the calls had ended.")
    @State
    public static class NestedCallsOverTheirBudgets {

        private final WeakReference<Watched> watched = new WeakReference<>(null);
        private volatile @Nullable Thread caller;
        private volatile @Nullable WatchedCall outer;
        private volatile @Nullable WatchedCall inner;
        private volatile boolean looked;

        @Actor
        public void call(ZZZ_Result result) {
            Thread.interrupted();
            caller = Thread.currentThread();
            ThreadCalls calls = ThreadCalls.current();
            WatchedCall outermost = calls.outermost();
            outermost.begin(watched, 0);
            outer = outermost;
            WatchedCall within = Objects.requireNonNull(calls.free(null));
            within.begin(watched, 0);
            inner = within;
            while (!(Thread.currentThread().isInterrupted() || looked)) {
                Thread.onSpinWait(); // The inner call ends by its interrupt.
            }
            within.end();
            while (!looked) {
                Thread.onSpinWait(); // The outer call goes on.
            }
            result.r2 = Thread.currentThread().isInterrupted();
            outermost.end();
            result.r3 = Thread.currentThread().isInterrupted();
        }

        @Actor
        public void watch(ZZZ_Result result) {
            Thread thread = caller;
            WatchedCall within = inner;
            WatchedCall around = outer;
            if (thread != null && around != null) {
                if (within != null) {
                    overrun(within, thread);
                }
                result.r1 = overrun(around, thread);
            }
            looked = true;
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "The outer call is interrupted when the inner one ends.")
    @Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "The inner call's interrupt passes for the outer one's.")
    @State
    public static class NestedCallsOfTwoGuards {

        private final WeakReference<Watched> watched = new WeakReference<>(null);
        private final Thread caller = new Thread("caller"); // Its flag can be set though it does not run.
        private final ThreadCalls calls = ThreadCalls.current();
        private final WatchedCall outer = new WatchedCall(calls, null);
        private final WatchedCall inner = begun();

        private WatchedCall begun() {
            outer.begin(watched, 0);
            WatchedCall within = Objects.requireNonNull(outer.free(null));
            within.begin(watched, 0);
            return within;
        }

        @Actor
        public void watchOuter() {
            overrun(outer, caller);
        }

        @Actor
        public void watchInner() {
            overrun(inner, caller);
        }

        @Arbiter
        public void end(Z_Result result) {
            if (caller.isInterrupted()) {
                Thread.currentThread().interrupt();
            }
            inner.end();
            result.r1 = Thread.interrupted();
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One of the two notes that the call is not stuck any more.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "The call stays stuck, or makes up for another one.")
    @State
    public static class AbandonedCall {

        private final Stuck stuck = new Stuck();
        private final WeakReference<Watched> watched = new WeakReference<>(stuck);
        private final WatchedCall call = new WatchedCall(null, null);

        public AbandonedCall() {
            call.begin(watched, 0);
            long number = call.running();
            call.claim(number);
            call.settleOverdue(number);
            call.abandoned = true;
        }

        @Actor
        public void nextCall() {
            call.free(null);
        }

        @Actor
        public void watch() {
            if (call.endIfAbandoned()) {
                stuck.overrunEnded();
            }
        }

        @Arbiter
        public void look(I_Result result) {
            result.r1 = stuck.ended.get();
        }
    }

    @JCStressTest
    @Outcome(
            id = "HEEDED, true, true",
            expect = Expect.ACCEPTABLE,
            desc = "Our interrupt was heeded, so the flag is another's.")
    @Outcome(
            id = "INTERRUPTED, false, true",
            expect = Expect.ACCEPTABLE,
            desc = "It was not seen that ours was heeded.")
    @Outcome(
            id = ".*",
            expect = Expect.FORBIDDEN,
            desc = "The flag and the end contradict each other, or the call goes on.")
    @State
    public static class HeededAgainstEnd {

        private final WeakReference<Watched> watched = new WeakReference<>(null);
        private final Thread caller = new Thread("caller");
        private final WatchedCall call = new WatchedCall(ThreadCalls.current(), null);

        public HeededAgainstEnd() {
            call.begin(watched, 0);
            overrun(call, caller);
        }

        @Actor
        public void call(LZZ_Result result) {
            Thread.currentThread().interrupt(); // By another thread, after ours was heeded.
            result.r1 = call.end();
            result.r2 = Thread.interrupted();
        }

        @Actor
        public void watch() {
            Thread heeding = new Thread("heeding"); // Its flag is clear.
            call.noteHeeded(heeding);
            call.noteHeeded(heeding);
        }

        @Arbiter
        public void look(LZZ_Result result) {
            result.r3 = call.hasEnded();
        }
    }

    /** Counts which calls over their budget have ended. */
    private static final class Stuck implements Watched {

        final AtomicInteger ended = new AtomicInteger();

        @Override
        public Watchdog watchdog() {
            throw new AssertionError("nobody asks");
        }

        @Override
        public long limitNanos() {
            return 1;
        }

        @Override
        public boolean isStamped() {
            return false;
        }

        @Override
        public boolean interruptsOverruns() {
            return true;
        }

        @Override
        public void overran(long probe, Thread caller) {}

        @Override
        public void overrunEnded() {
            ended.incrementAndGet();
        }

        @Override
        public void reportOverrun(Thread thread, StackTraceElement[] trace) {}

        @Override
        public void overrunUnreported() {}
    }
}
