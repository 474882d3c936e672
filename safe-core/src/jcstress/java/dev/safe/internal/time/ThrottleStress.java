package dev.safe.internal.time;

import dev.safe.internal.time.Throttle.Decision;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LLJ_Result;

/** Reports of the same boundary are throttled at once. */
public final class ThrottleStress {

    private static final long INTERVAL = 1_000;

    private ThrottleStress() {}

    /** Returns a throttle that has silenced one report of a kind, and silences the others until {@link #INTERVAL}. */
    private static Throttle silencing(String kind) {
        Throttle throttle = new Throttle();
        while (throttle.decide(kind, 1, INTERVAL, 0) != Decision.SILENT) {
            // The burst is not used up yet.
        }
        return throttle;
    }

    /** Returns a throttle that silences as {@link #silencing} says, and has nothing left to sum up. */
    private static Throttle silencingAnew(String kind) {
        Throttle throttle = silencing(kind);
        Map<String, Long> unused = throttle.takeSilenced();
        return throttle;
    }

    private static long sum(Map<String, Long> silenced) {
        return silenced.values().stream().mapToLong(Long::longValue).sum();
    }

    @JCStressTest
    @Outcome(id = "FIRST, SILENT, 1", expect = Expect.ACCEPTABLE, desc = "One is let through, the other is counted.")
    @Outcome(id = "SILENT, FIRST, 1", expect = Expect.ACCEPTABLE, desc = "One is let through, the other is counted.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "The burst is exceeded, or a report is lost.")
    @State
    public static class BurstOfOne {

        private final Throttle throttle = new Throttle();

        @Actor
        public void one(LLJ_Result result) {
            result.r1 = throttle.decide("same", 1, INTERVAL, 0);
        }

        @Actor
        public void other(LLJ_Result result) {
            result.r2 = throttle.decide("same", 1, INTERVAL, 0);
        }

        @Arbiter
        public void take(LLJ_Result result) {
            result.r3 = sum(throttle.takeSilenced());
        }
    }

    @JCStressTest
    @Outcome(id = "FIRST, SILENT, 1", expect = Expect.ACCEPTABLE, desc = "The first of its kind gets through.")
    @Outcome(id = "SILENT, FIRST, 1", expect = Expect.ACCEPTABLE, desc = "The first of its kind gets through.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "No report of a kind gets through, or both do.")
    @State
    public static class FirstOfItsKind {

        private final Throttle throttle = silencingAnew("before");

        @Actor
        public void one(LLJ_Result result) {
            result.r1 = throttle.decide("new", 1, INTERVAL, 1);
        }

        @Actor
        public void other(LLJ_Result result) {
            result.r2 = throttle.decide("new", 1, INTERVAL, 1);
        }

        @Arbiter
        public void take(LLJ_Result result) {
            result.r3 = sum(throttle.takeSilenced());
        }
    }

    @JCStressTest
    @Outcome(id = "FIRST, AGAIN, 1", expect = Expect.ACCEPTABLE, desc = "The burst of the next interval is used.")
    @Outcome(id = "AGAIN, FIRST, 1", expect = Expect.ACCEPTABLE, desc = "The burst of the next interval is used.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A report is silenced while others may be made.")
    @State
    public static class NextIntervalBegunAtOnce {

        private final Throttle throttle = silencing("same");

        @Actor
        public void one(LLJ_Result result) {
            result.r1 = throttle.decide("same", 2, INTERVAL, INTERVAL);
        }

        @Actor
        public void other(LLJ_Result result) {
            result.r2 = throttle.decide("same", 2, INTERVAL, INTERVAL);
        }

        @Arbiter
        public void take(LLJ_Result result) {
            result.r3 = sum(throttle.takeSilenced());
        }
    }

    @JCStressTest
    @Outcome(id = "SILENT, FIRST, 1", expect = Expect.ACCEPTABLE, desc = "It is counted, under whichever kind.")
    @Outcome(id = "FIRST, FIRST, 0", expect = Expect.ACCEPTABLE, desc = "The late one belongs to the next interval.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "What is silenced is lost with its kind.")
    @State
    public static class SilencedWhileItsKindIsDropped {

        private final Throttle throttle = silencingAnew("late");

        @Actor
        public void late(LLJ_Result result) {
            result.r1 = throttle.decide("late", 1, INTERVAL, INTERVAL - 1);
        }

        @Actor
        public void begin(LLJ_Result result) {
            result.r2 = throttle.decide("next", 1, INTERVAL, INTERVAL);
        }

        @Arbiter
        public void take(LLJ_Result result) {
            result.r3 = sum(throttle.takeSilenced());
        }
    }

    @JCStressTest
    @Outcome(id = "[012], 2", expect = Expect.ACCEPTABLE, desc = "Each silenced report is taken once.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A silenced report is taken twice, or never.")
    @State
    public static class TakenTwice {

        private final Throttle throttle = silencing("same");
        private long taken;

        @Actor
        public void silenceAndTake(JJ_Result result) {
            if (throttle.decide("same", 1, INTERVAL, 1) == Decision.SILENT) {
                result.r1 = sum(throttle.takeSilenced());
            }
        }

        @Actor
        public void take() {
            taken = sum(throttle.takeSilenced());
        }

        @Arbiter
        public void takeTheRest(JJ_Result result) {
            result.r2 = result.r1 + taken + sum(throttle.takeSilenced());
        }
    }

    @JCStressTest
    @Outcome(id = "SILENT, FIRST, 0", expect = Expect.ACCEPTABLE, desc = "It was silenced first, and then forgotten.")
    @Outcome(id = "FIRST, SILENT, 1", expect = Expect.ACCEPTABLE, desc = "All was forgotten first.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "What was forgotten is summed up after all.")
    @State
    public static class SilencedWhileAllIsForgotten {

        private final Throttle throttle = silencing("same");

        @Actor
        public void silence(LLJ_Result result) {
            result.r1 = throttle.decide("same", 1, INTERVAL, 1);
        }

        @Actor
        public void forget() {
            throttle.reset();
        }

        @Arbiter
        public void look(LLJ_Result result) {
            result.r2 = throttle.decide("same", 1, INTERVAL, 2);
            result.r3 = sum(throttle.takeSilenced());
        }
    }
}
