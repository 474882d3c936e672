package dev.safe.internal.concurrent;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Instances are looked up, added and removed at once. */
public final class InstanceTableStress {

    private static final int CAPACITY = 16;

    /** Instances that share a bucket of a table of the initial capacity. */
    private static final List<Object> NEIGHBOURS = neighbours(3);

    private static final List<Object> OTHERS = neighbours(CAPACITY - 1);

    private InstanceTableStress() {}

    private static List<Object> neighbours(int count) {
        List<Object> found = new ArrayList<>();
        while (found.size() < count) {
            Object candidate = new Object();
            int hash = System.identityHashCode(candidate);
            if (((hash ^ (hash >>> 16)) & (CAPACITY - 1)) == 0) {
                found.add(candidate);
            }
        }
        return found;
    }

    @JCStressTest
    @Outcome(id = "one, one, one", expect = Expect.ACCEPTABLE, desc = "The first made the value for both.")
    @Outcome(id = "other, other, other", expect = Expect.ACCEPTABLE, desc = "The second made the value for both.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "An instance has two values.")
    @State
    public static class MadeAtOnce {

        private final InstanceTable<String> table = new InstanceTable<>();
        private final Object instance = new Object();

        @Actor
        public void one(LLL_Result result) {
            result.r1 = table.computeIfAbsent(instance, key -> "one");
        }

        @Actor
        public void other(LLL_Result result) {
            result.r2 = table.computeIfAbsent(instance, key -> "other");
        }

        @Arbiter
        public void get(LLL_Result result) {
            result.r3 = table.get(instance);
        }
    }

    @JCStressTest
    @Outcome(id = "present, present", expect = Expect.ACCEPTABLE, desc = "It is found wherever it is just then.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "It is missed while the table grows, or made again.")
    @State
    public static class LookUpWhileItGrows {

        private final InstanceTable<String> table = new InstanceTable<>();
        private final Object instance = NEIGHBOURS.get(0);

        public LookUpWhileItGrows() {
            table.computeIfAbsent(instance, key -> "present");
            OTHERS.forEach(other -> table.computeIfAbsent(other, key -> "other"));
        }

        @Actor
        public void grow() {
            table.computeIfAbsent(NEIGHBOURS.get(1), key -> "one too many");
        }

        @Actor
        public void lookUp(LL_Result result) {
            result.r1 = table.get(instance);
            result.r2 = table.computeIfAbsent(instance, key -> "made again");
        }
    }

    @JCStressTest
    @Outcome(id = "old, null, kept", expect = Expect.ACCEPTABLE, desc = "It was looked up first, and then removed.")
    @Outcome(id = "new, new, kept", expect = Expect.ACCEPTABLE, desc = "It was removed first, and then made anew.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "It outlives its removal, or two values are in use.")
    @State
    public static class LookUpAgainstRemoval {

        private final InstanceTable<String> table = new InstanceTable<>();
        private final Object instance = NEIGHBOURS.get(0);
        private final Object neighbour = NEIGHBOURS.get(1);

        public LookUpAgainstRemoval() {
            table.computeIfAbsent(neighbour, key -> "kept");
            table.computeIfAbsent(instance, key -> "old");
        }

        @Actor
        public void lookUp(LLL_Result result) {
            result.r1 = table.computeIfAbsent(instance, key -> "new");
        }

        @Actor
        public void remove() {
            table.removeValues("old"::equals);
        }

        @Arbiter
        public void get(LLL_Result result) {
            result.r2 = table.get(instance);
            result.r3 = table.get(neighbour);
        }
    }

    @JCStressTest
    @Outcome(id = "null, added, kept", expect = Expect.ACCEPTABLE, desc = "One is removed and one is added.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "The removal of an instance takes another one with it.")
    @State
    public static class AdditionAgainstRemoval {

        private final InstanceTable<String> table = new InstanceTable<>();

        public AdditionAgainstRemoval() {
            table.computeIfAbsent(NEIGHBOURS.get(2), key -> "kept");
            table.computeIfAbsent(NEIGHBOURS.get(0), key -> "old");
        }

        @Actor
        public void add() {
            table.computeIfAbsent(NEIGHBOURS.get(1), key -> "added");
        }

        @Actor
        public void remove() {
            table.removeValues("old"::equals);
        }

        @Arbiter
        public void get(LLL_Result result) {
            result.r1 = table.get(NEIGHBOURS.get(0));
            result.r2 = table.get(NEIGHBOURS.get(1));
            result.r3 = table.get(NEIGHBOURS.get(2));
        }
    }
}
