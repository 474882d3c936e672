package dev.safe.internal.watch;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A call ends while the watchdog interrupts it. */
public final class WatchedCallStress {

    private WatchedCallStress() {}

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
}
