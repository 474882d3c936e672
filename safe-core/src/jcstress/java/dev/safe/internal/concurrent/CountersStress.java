package dev.safe.internal.concurrent;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Threads count the same thing while others read the count. */
public final class CountersStress {

    private CountersStress() {}

    @JCStressTest
    @Outcome(id = "[123], 3", expect = Expect.ACCEPTABLE, desc = "What is read lies between, and nothing is lost.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A count is lost, or one's own is not in what is read.")
    @State
    public static class IncrementsAtOnce {

        private final Counters counters = new Counters(1);

        @Actor
        public void countTwice() {
            counters.increment(0);
            counters.increment(0);
        }

        @Actor
        public void countAndRead(JJ_Result result) {
            counters.increment(0);
            result.r1 = counters.sum(0);
        }

        @Arbiter
        public void read(JJ_Result result) {
            result.r2 = counters.sum(0);
        }
    }

    @JCStressTest
    @Outcome(id = "[567], 7", expect = Expect.ACCEPTABLE, desc = "What is read lies between, and nothing is lost.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A count is lost, or one's own are not in what is read.")
    @State
    public static class IncrementAgainstAddition {

        private final Counters counters = new Counters(1);

        @Actor
        public void count() {
            counters.increment(0);
            counters.increment(0);
        }

        @Actor
        public void addAndRead(JJ_Result result) {
            counters.add(0, 5);
            result.r1 = counters.sum(0);
        }

        @Arbiter
        public void read(JJ_Result result) {
            result.r2 = counters.sum(0);
        }
    }

    @JCStressTest
    @Outcome(id = "-1, 3", expect = Expect.ACCEPTABLE, desc = "There was no counter yet.")
    @Outcome(id = "[1234], 4", expect = Expect.ACCEPTABLE, desc = "What is read lies between, and nothing is lost.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A count is lost, or one's own is not in what is read.")
    @State
    public static class OwnerAgainstAnother {

        private volatile @Nullable OwnerBiasedCounter counter;

        @Actor
        public void own() {
            OwnerBiasedCounter mine = new OwnerBiasedCounter();
            counter = mine;
            boolean unused = mine.increment() | mine.increment() | mine.increment();
        }

        @Actor
        public void count(JJ_Result result) {
            OwnerBiasedCounter theirs = counter;
            if (theirs == null) {
                result.r1 = -1;
            } else {
                boolean unused = theirs.increment();
                result.r1 = theirs.sum();
            }
        }

        @Arbiter
        public void read(JJ_Result result) {
            OwnerBiasedCounter made = counter;
            result.r2 = made == null ? 0 : made.sum();
        }
    }
}
