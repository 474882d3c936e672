package dev.safe;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Extensions are called for the first time, and removed, at once. */
public final class RegistryStress {

    private RegistryStress() {}

    private static Registry registry() {
        return new Stressed(() -> 0).registry;
    }

    @JCStressTest
    @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "There is one boundary, and one question for the name.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "An instance has two boundaries, or was asked twice.")
    @State
    public static class FirstCallsOfAnInstance {

        private final Registry registry = registry();
        private final AtomicInteger asked = new AtomicInteger();
        private final ExtensionCapability instance = () -> {
            asked.incrementAndGet();
            return "raced";
        };
        private @Nullable Boundary ofOne;
        private @Nullable Boundary ofOther;

        @Actor
        public void one() {
            ofOne = registry.boundary(instance, Phase.POLL);
        }

        @Actor
        public void other() {
            ofOther = registry.boundary(instance, Phase.POLL);
        }

        @Arbiter
        public void compare(ZI_Result result) {
            result.r1 = ofOne == ofOther;
            result.r2 = asked.get();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both go across one boundary, which is listed.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Two instances of one name have two boundaries.")
    @State
    public static class InstancesOfOneName {

        private final Registry registry = registry();
        private final ExtensionCapability first = () -> "raced";
        private final ExtensionCapability second = () -> "raced";
        private @Nullable Boundary ofFirst;
        private @Nullable Boundary ofSecond;

        @Actor
        public void first() {
            ofFirst = registry.boundary(first, Phase.POLL);
        }

        @Actor
        public void second() {
            ofSecond = registry.boundary(second, Phase.POLL);
        }

        @Arbiter
        public void compare(ZZ_Result result) {
            result.r1 = ofFirst == ofSecond;
            result.r2 = registry.known("raced").boundary(Phase.POLL) == ofFirst;
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Whoever calls it next finds what is listed.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A call goes on across a boundary that nobody can see.")
    @State
    public static class CallAgainstRemoval {

        private final Registry registry = registry();
        private final ExtensionCapability instance = () -> "raced";
        private final Boundary known = registry.boundary(instance, Phase.POLL);

        @Actor
        public void call() {
            registry.boundary(instance, Phase.POLL).enter();
        }

        @Actor
        public void remove() {
            registry.remove("raced");
        }

        @Arbiter
        public void callAgain(ZZ_Result result) {
            known.enter();
            Extension listed = registry.get("raced");
            result.r1 = listed == known.owner();
            result.r2 = registry.boundary(instance, Phase.POLL) == known;
        }
    }
}
