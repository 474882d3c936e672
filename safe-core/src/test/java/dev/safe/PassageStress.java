package dev.safe;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A call ends while the watchdog interrupts it. */
public final class PassageStress {

    private PassageStress() {}

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The call ended first, or had not begun.")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "It was interrupted in time, and leaves no trace.")
    @Outcome(id = "true, .*", expect = Expect.FORBIDDEN, desc = "The interrupt landed after the call had ended.")
    @State
    public static class InterruptAgainstEnd {

        private final Passage passage = new Passage(Thread.currentThread());
        private volatile @Nullable Thread caller;

        @Actor
        public void call(ZZ_Result result) {
            Thread.interrupted();
            caller = Thread.currentThread();
            passage.begin(null, Quarantine.ADMITTED);
            passage.end();
            result.r1 = Thread.currentThread().isInterrupted();
        }

        @Actor
        public void watch(ZZ_Result result) {
            Thread overdue = caller;
            long call = passage.running();
            if (overdue != null && call >= 0 && passage.claim(call)) {
                passage.settle(call, overdue);
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

        private final Passage passage = new Passage(Thread.currentThread());
        private volatile @Nullable Thread caller;

        @Actor
        public void call(ZZ_Result result) {
            Thread.interrupted();
            caller = Thread.currentThread();
            passage.begin(null, Quarantine.ADMITTED);
            passage.end();
            passage.begin(null, Quarantine.ADMITTED); // The same passage, used again.
            boolean flagged = Thread.currentThread().isInterrupted();
            result.r1 = passage.end() == Passage.End.IN_TIME && flagged;
        }

        @Actor
        public void watch(ZZ_Result result) {
            Thread overdue = caller;
            long call = passage.running();
            if (overdue != null && call >= 0 && passage.claim(call)) {
                passage.settle(call, overdue);
                result.r2 = true;
            }
        }
    }
}
