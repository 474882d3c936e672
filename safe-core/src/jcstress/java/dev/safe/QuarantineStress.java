package dev.safe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.LJI_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Calls, operators, policies and the watchdog change a quarantine at once. */
public final class QuarantineStress {

    private static final QuarantinePolicy TRIPPING = QuarantinePolicy.builder()
            .enabled(true)
            .threshold(1)
            .initialBackoff(Duration.ofNanos(100))
            .jitter(0)
            .build();

    private static final QuarantinePolicy TOLERANT =
            TRIPPING.toBuilder().threshold(2).build();

    private static final long DUE = 100;
    private static final long GIVEN_UP = 200;
    private static final long DUE_AGAIN = 400;

    /** Threads that make calls. They need not run. */
    private static final Thread CALLER = new Thread("caller");

    private static final Thread OTHER = new Thread("other");

    private QuarantineStress() {}

    /** A quarantine with an owner that counts, and keeps what becomes of calls as a gate does. */
    private static final class Driven implements Quarantine.Owner {

        private final Quarantine quarantine = new Quarantine("stressed", Phase.POLL, () -> 0.5, this, 0);
        private final AtomicInteger entered = new AtomicInteger();
        private final AtomicInteger left = new AtomicInteger();
        private volatile Quarantine.Mode mode = Quarantine.Mode.PASSING;
        private int began;

        static Driven clear() {
            return new Driven();
        }

        static Driven backingOff() {
            Driven driven = new Driven();
            driven.panic(TRIPPING, Quarantine.NO_PROBE, 0);
            return driven;
        }

        /** The probe is numbered 1, and {@link #CALLER} makes it. */
        static Driven probing() {
            Driven driven = backingOff();
            long unused = driven.quarantine.admit(DUE, CALLER);
            driven.entered.set(0);
            return driven;
        }

        void panic(QuarantinePolicy policy, long token, long now) {
            quarantine.panicked(policy, token, CALLER, null, now);
        }

        QuarantineState state() {
            return quarantine.snapshot().state();
        }

        @Override
        public void changed(Quarantine.Mode next) {
            mode = next;
        }

        @Override
        public void began() {
            began++;
        }

        @Override
        public void entered(QuarantineReport report) {
            entered.incrementAndGet();
        }

        @Override
        public void left(QuarantineReport report) {
            left.incrementAndGet();
        }
    }

    @JCStressTest
    @Outcome(id = "1, -1", expect = Expect.ACCEPTABLE, desc = "One call is the probe, the other is refused.")
    @Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "One call is the probe, the other is refused.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "There is not exactly one probe.")
    @State
    public static class OneProbe {

        private final Driven driven = Driven.backingOff();

        @Actor
        public void one(JJ_Result result) {
            result.r1 = driven.quarantine.admit(DUE, CALLER);
        }

        @Actor
        public void other(JJ_Result result) {
            result.r2 = driven.quarantine.admit(DUE, OTHER);
        }
    }

    @JCStressTest
    @Outcome(id = "CLEAR, 0, 1", expect = Expect.ACCEPTABLE, desc = "The probe returned before it was given up.")
    @Outcome(id = "PROBING, 2, 0", expect = Expect.ACCEPTABLE, desc = "It was given up, and closes no other probe.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A probe closes what it has not opened.")
    @State
    public static class LateProbeAgainstTheNext {

        private final Driven driven = Driven.probing();

        @Actor
        public void late() {
            driven.quarantine.returned(1, GIVEN_UP);
        }

        @Actor
        public void probe(LJI_Result result) {
            driven.quarantine.expireProbe(TRIPPING, GIVEN_UP);
            result.r2 = driven.quarantine.admit(DUE_AGAIN, OTHER);
        }

        @Arbiter
        public void look(LJI_Result result) {
            result.r1 = driven.state();
            result.r3 = driven.left.get();
        }
    }

    @JCStressTest
    @Outcome(id = "CLEAR, PASSING, 0, 1", expect = Expect.ACCEPTABLE, desc = "The probe returned first.")
    @Outcome(id = "QUARANTINED, ASKING, 1, 0", expect = Expect.ACCEPTABLE, desc = "It was over its budget first.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "One probe has succeeded and failed.")
    @State
    public static class ReturnOfTheProbeAgainstItsOverrun {

        private final Driven driven = Driven.probing();

        @Actor
        public void call() {
            driven.quarantine.returned(1, DUE);
        }

        @Actor
        public void watch() {
            driven.quarantine.overran(TOLERANT, 1, CALLER, Duration.ofNanos(1), DUE);
        }

        @Arbiter
        public void look(LLLL_Result result) {
            result.r1 = driven.state();
            result.r2 = driven.mode;
            result.r3 = driven.entered.get();
            result.r4 = driven.left.get();
        }
    }

    @JCStressTest
    @Outcome(id = "QUARANTINED, ASKING, 1, 1", expect = Expect.ACCEPTABLE, desc = "The two panics trip it once.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A panic is lost, or trips it a second time.")
    @State
    public static class PanicsAtOnce {

        private final Driven driven = Driven.clear();

        @Actor
        public void one() {
            driven.panic(TOLERANT, Quarantine.NO_PROBE, 0);
        }

        @Actor
        public void other() {
            driven.panic(TOLERANT, Quarantine.NO_PROBE, 0);
        }

        @Arbiter
        public void look(LLLL_Result result) {
            result.r1 = driven.state();
            result.r2 = driven.mode;
            result.r3 = driven.entered.get();
            result.r4 = driven.began;
        }
    }

    @JCStressTest
    @Outcome(id = "CLEAR, PASSING, 1, 1", expect = Expect.ACCEPTABLE, desc = "It tripped, and was released.")
    @Outcome(id = "QUARANTINED, ASKING, 1, 0", expect = Expect.ACCEPTABLE, desc = "It tripped after the release.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "The gate does not do what the quarantine says.")
    @State
    public static class TripAgainstRelease {

        private final Driven driven = Driven.clear();

        @Actor
        public void panic() {
            driven.panic(TRIPPING, Quarantine.NO_PROBE, 0);
        }

        @Actor
        public void release() {
            driven.quarantine.release("by hand", 0);
        }

        @Arbiter
        public void look(LLLL_Result result) {
            result.r1 = driven.state();
            result.r2 = driven.mode;
            result.r3 = driven.entered.get();
            result.r4 = driven.left.get();
        }
    }

    @JCStressTest
    @Outcome(id = "CLEAR, PASSING, 0, 1", expect = Expect.ACCEPTABLE, desc = "It is left once, whoever came first.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "It is left twice, or goes on.")
    @State
    public static class ReleaseAgainstTheReturnOfTheProbe {

        private final Driven driven = Driven.probing();

        @Actor
        public void call() {
            driven.quarantine.returned(1, DUE);
        }

        @Actor
        public void release() {
            driven.quarantine.release("by hand", DUE);
        }

        @Arbiter
        public void look(LLLL_Result result) {
            result.r1 = driven.state();
            result.r2 = driven.mode;
            result.r3 = driven.entered.get();
            result.r4 = driven.left.get();
        }
    }

    @JCStressTest
    @Outcome(id = "CLEAR, PASSING, 1, 1", expect = Expect.ACCEPTABLE, desc = "The probe failed, and it was released.")
    @Outcome(id = "CLEAR, PASSING, 0, 1", expect = Expect.ACCEPTABLE, desc = "It was released, so there was no probe.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "The probe of before the release is counted after it.")
    @State
    public static class ReleaseAgainstThePanicOfTheProbe {

        private final Driven driven = Driven.probing();

        @Actor
        public void call() {
            driven.panic(TOLERANT, 1, DUE);
        }

        @Actor
        public void release() {
            driven.quarantine.release("by hand", DUE);
        }

        @Arbiter
        public void look(LLLL_Result result) {
            result.r1 = driven.state();
            result.r2 = driven.mode;
            result.r3 = driven.entered.get();
            result.r4 = driven.left.get();
        }
    }

    @JCStressTest
    @Outcome(id = "REJECTING, ASKING, 1", expect = Expect.ACCEPTABLE, desc = "The hold masks the trip, which lasts.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "One of the two is forgotten, or both are counted.")
    @State
    public static class HoldAgainstTrip {

        private final Driven driven = Driven.clear();

        @Actor
        public void apply() {
            driven.quarantine.hold("ticket 4711");
        }

        @Actor
        public void panic() {
            driven.panic(TRIPPING, Quarantine.NO_PROBE, 0);
        }

        @Arbiter
        public void look(LLI_Result result) {
            result.r1 = driven.mode;
            driven.quarantine.hold(null);
            result.r2 = driven.mode;
            result.r3 = driven.began;
        }
    }

    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "First the probe is out, and then the policy holds it.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A call slips through between the two.")
    @State
    public static class AdmissionBetweenProbeAndHold {

        private final Driven driven = Driven.probing();

        @Actor
        public void apply() {
            driven.quarantine.hold("ticket 4711");
            driven.quarantine.returned(1, DUE);
        }

        @Actor
        public void call(J_Result result) {
            result.r1 = driven.quarantine.admit(DUE, OTHER);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "First the policy holds it, and then it has tripped.")
    @Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "It seems to be clear between the two.")
    @State
    public static class GlanceBetweenHoldAndTrip {

        private final Driven driven = held();

        private static Driven held() {
            Driven held = Driven.clear();
            held.quarantine.hold("ticket 4711");
            return held;
        }

        @Actor
        public void apply() {
            driven.panic(TRIPPING, Quarantine.NO_PROBE, 0);
            driven.quarantine.hold(null);
        }

        @Actor
        public void look(Z_Result result) {
            result.r1 = driven.quarantine.isInForce();
        }
    }
}
