package dev.safe.supervisor;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A thread waits while another one changes what it waits for. */
public final class MonitorStress {

    /** How long a thread that is not woken sleeps. Much longer than a thread takes to be woken on a busy machine. */
    private static final long NAP = TimeUnit.SECONDS.toNanos(20);

    private MonitorStress() {}

    private static Monitor monitor() {
        return new Monitor(System::nanoTime, false, NAP);
    }

    /** Waits until a condition holds. Returns whether it was woken for that. */
    private static boolean isWoken(Monitor monitor, BooleanSupplier condition) {
        long begin = System.nanoTime();
        boolean holds = monitor.awaitUninterrupted(condition, begin + 2 * NAP);
        return holds && System.nanoTime() - begin < NAP;
    }

    @JCStressTest
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "It sees both changes, or is woken for the last one.")
    @Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "It sleeps on, though what it waits for has happened.")
    @State
    public static class TwoChangesAgainstAWait {

        private final Monitor monitor = monitor();
        private boolean first;
        private boolean second;

        @Actor
        public void change() {
            monitor.run(() -> first = true);
            monitor.run(() -> second = true);
        }

        @Actor
        public void await(Z_Result result) {
            result.r1 = isWoken(monitor, () -> first && second);
        }
    }
}
