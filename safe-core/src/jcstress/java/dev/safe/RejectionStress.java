package dev.safe;

import dev.safe.internal.watch.Watchdog;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.slf4j.helpers.NOPLogger;

/** Begins to reject calls while a listener begins to count them. */
public final class RejectionStress {

    private static final Watchdog WATCHDOG = new Watchdog(System::nanoTime, false, (what, ours) -> {});

    private RejectionStress() {}

    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Whoever came first, the call is counted and told.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Each took the other to see to it, and nobody is told.")
    @State
    public static class QuarantineAgainstListener {

        private final Listeners listeners = new Listeners(NOPLogger.NOP_LOGGER, Ticker.system());
        private final BoundaryServices services = new BoundaryServices(
                new Classifier(Set.of()),
                new Reporter(listeners, FlightLog.NONE),
                new Rethrown(),
                WATCHDOG,
                new ContainedTicker(Ticker.system()),
                () -> 0.5,
                false);
        private final Extension extension =
                new Extension("stressed", new Registry(Policies.builder().build(), listeners, services), services);
        private final Boundary boundary = extension.boundary(Phase.POLL);
        private final AtomicLong told = new AtomicLong();

        @Actor
        public void quarantine() {
            boundary.changed(Quarantine.Mode.REJECTING);
        }

        @Actor
        public void listen() {
            listeners.add(new GuardListener() {
                @Override
                public void onCount(String name, Phase phase, Tally tally, long total) {
                    told.set(total);
                }
            });
            extension.countRejected();
        }

        @Arbiter
        public void call(JJ_Result result) {
            boundary.enter();
            result.r1 = boundary.snapshot().rejected();
            result.r2 = told.get();
        }
    }
}
