package dev.safe;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Calls begin to be rejected while somebody begins to count them. */
public final class RejectionStress {

    private static final Watchdog WATCHDOG = new Watchdog(Ticker.system(), false);

    private RejectionStress() {}

    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Whoever came first, the call is counted and told.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Each took the other to see to it, and nobody is told.")
    @State
    public static class QuarantineAgainstListener {

        private final Listeners listeners =
                new Listeners(new PanicLog((extension, phase) -> PhasePolicy.builtIn(phase)));
        private final Extension extension = new Extension(
                "stressed",
                new BoundaryServices(
                        new Classifier(Set.of()),
                        (extension, phase) -> PhasePolicy.builtIn(phase),
                        listeners,
                        WATCHDOG,
                        Ticker.system(),
                        () -> 0.5,
                        false));
        private final Boundary boundary = extension.boundary(Phase.POLL);
        private final AtomicLong told = new AtomicLong();

        @Actor
        public void quarantine() {
            boundary.admit(Quarantine.Admission.REJECT);
        }

        @Actor
        public void listen() {
            listeners.add(new GuardListener() {
                @Override
                public void onCount(String name, Phase phase, Tally tally, long total) {
                    told.set(total);
                }
            });
            extension.tellOfRejections();
        }

        @Arbiter
        public void call(JJ_Result result) {
            boundary.enter();
            result.r1 = boundary.snapshot().rejected();
            result.r2 = told.get();
        }
    }
}
