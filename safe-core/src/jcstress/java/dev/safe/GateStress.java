package dev.safe;

import dev.safe.internal.hostfunction.CallBoundary;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The word of a gate is changed by several threads, and read by calls. */
public final class GateStress {

    private static final long END_OF_INTERVAL = 100;

    private static final PhasePolicy TRIPPING = PhasePolicy.builder(Phase.POLL)
            .quarantine(QuarantinePolicy.builder().enabled(true).threshold(1).build())
            .build();

    private static final PhasePolicy SILENT = Unquarantined.POLL.toBuilder()
            .log(new LogPolicy(0, Duration.ofNanos(END_OF_INTERVAL), StackTraceLogging.NEVER))
            .build();

    private static final RuntimeException PANIC = new RuntimeException("boom");

    private GateStress() {}

    @JCStressTest
    @Outcome(id = "272, 2", expect = Expect.ACCEPTABLE, desc = "All bits are as they were set, and both are counted.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "One thread undoes what another one has written.")
    @State
    public static class BitsAtOnce {

        private final Boundary boundary = Stressed.cheapBoundary(SILENT);

        public BitsAtOnce() {
            boundary.set(Gate.STAMPED, true);
        }

        @Actor
        public void apply() {
            boundary.set(Gate.STAMPED, false);
            boundary.set(Gate.WATCHED, true);
            int unused = boundary.passOn();
        }

        @Actor
        public void passOn() {
            int unused = boundary.passOn();
            boundary.set(CallBoundary.THROWING, true);
        }

        @Arbiter
        public void read(II_Result result) {
            result.r1 = boundary.gate & Gate.BELOW;
            result.r2 = boundary.gate / Gate.PASSED_ON;
        }
    }

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The call came before the quarantine.")
    @Outcome(id = ".*, true", expect = Expect.ACCEPTABLE, desc = "The quarantine rejects the call.")
    @Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "The gate says to ask, and there is nothing to ask.")
    @State
    public static class AskedAtTheTrip {

        private final Boundary boundary = Stressed.cheapBoundary(TRIPPING);

        @Actor
        public void trip() {
            boundary.suspect(Quarantine.NO_PROBE, null);
        }

        @Actor
        public void call(ZZ_Result result) {
            result.r1 = (boundary.gate & Gate.ASKING) != 0;
            result.r2 = boundary.enter() == CallBoundary.REJECTED;
        }
    }

    @JCStressTest
    @Outcome(id = "[12], 2", expect = Expect.ACCEPTABLE, desc = "Both are counted, whoever owns the counter.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A rejected call is lost with a counter.")
    @State
    public static class FirstRejectionsAtOnce {

        private final Boundary boundary = Stressed.cheapBoundary(TRIPPING);

        public FirstRejectionsAtOnce() {
            boundary.suspect(Quarantine.NO_PROBE, null);
        }

        @Actor
        public void one() {
            boundary.enter();
        }

        @Actor
        public void other(JJ_Result result) {
            boundary.enter();
            result.r1 = boundary.total(Tally.REJECTED);
        }

        @Arbiter
        public void read(JJ_Result result) {
            result.r2 = boundary.total(Tally.REJECTED);
        }
    }

    @JCStressTest
    @Outcome(id = "true, .*", expect = Expect.ACCEPTABLE, desc = "Another visit is to come.")
    @Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "A silenced panic is not summed up by anyone.")
    @State
    public static class SilencedDuringAVisit {

        private final Boundary boundary = new Stressed(() -> 0).boundary(SILENT);

        public SilencedDuringAVisit() {
            boundary.recovered(null, PANIC);
            boundary.requestVisit();
        }

        @Actor
        public void panic() {
            boundary.recovered(null, PANIC);
        }

        @Actor
        public void visit() {
            boundary.visit(0);
        }

        @Arbiter
        public void look(ZZ_Result result) {
            result.r1 = (boundary.gate & Gate.VISIT_REQUESTED) != 0;
            result.r2 = boundary.visitSilenced(0);
        }
    }

    @JCStressTest
    @Outcome(id = "true, .*", expect = Expect.ACCEPTABLE, desc = "Another visit is to come.")
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "All that was silenced is summed up.")
    @Outcome(id = "false, true", expect = Expect.FORBIDDEN, desc = "A silenced panic is not summed up by anyone.")
    @State
    public static class NextIntervalDuringAVisit {

        private volatile Thread late = new Thread("nobody");

        private final Boundary boundary =
                new Stressed(() -> Thread.currentThread() == late ? 0 : END_OF_INTERVAL).boundary(SILENT);

        public NextIntervalDuringAVisit() {
            late = Thread.currentThread();
            boundary.recovered(null, PANIC);
            boundary.recovered(null, PANIC);
        }

        /** Was silenced in the interval that ends now. The watchdog visits the boundary right after that. */
        @Actor
        public void panicLate() {
            late = Thread.currentThread();
            boundary.recovered(null, PANIC);
            boundary.visit(END_OF_INTERVAL);
        }

        @Actor
        public void panic() {
            boundary.recovered(null, PANIC);
        }

        @Arbiter
        public void look(ZZ_Result result) {
            result.r1 = (boundary.gate & Gate.VISIT_REQUESTED) != 0;
            result.r2 = boundary.visitSilenced(0);
        }
    }
}
