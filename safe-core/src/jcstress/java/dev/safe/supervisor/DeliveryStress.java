package dev.safe.supervisor;

import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Cells are done with events while their extension stops, is restarted, or goes on. */
public final class DeliveryStress {

    private static final long NEXT = 2;

    private static final StepEvent EVENT = new StepEvent("stressed", new byte[0], 1, null);

    private static final Settings SETTINGS = new Settings(
            Delivery::done,
            name -> new SetupEnv(name, Path.of(name), Map.of()),
            RestartPolicy.OFF,
            null,
            1,
            Duration.ofMillis(1),
            Duration.ofSeconds(10));

    private static final ExtensionGuard GUARD = ExtensionGuard.ofDefaults();

    private static final Source SOURCE = Source.of(GUARD.guarded(() -> "stressed"));

    private static final VarHandle OPEN;

    static {
        try {
            OPEN = MethodHandles.privateLookupIn(Incarnation.class, MethodHandles.lookup())
                    .findVarHandle(Incarnation.class, "open", OpenDeliveries.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private DeliveryStress() {}

    private static Incarnation life(Monitor monitor) {
        SupervisedExtension owner = new SupervisedExtension("stressed", SOURCE, GUARD, SETTINGS, monitor);
        return new Incarnation(owner, SETTINGS, monitor, SOURCE, null, 0);
    }

    private static OpenDelivery opened(Incarnation life, OpenDeliveries open) {
        long ticket = open.ticket();
        open.open(ticket, EVENT.id());
        return new OpenDelivery(life).of(EVENT, ticket);
    }

    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The cell was done with it in time.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The life that ends has finalized it.")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "It is finalized twice.")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "It is not finalized.")
    @State
    public static class DoneAgainstTheEnd {

        private final OpenDeliveries open = new OpenDeliveries(1);
        private final OpenDelivery delivery = opened(life(new Monitor(System::nanoTime, false)), open);

        @Actor
        public void done(II_Result result) {
            result.r1 = open.close(delivery.ticket()) ? 1 : 0;
        }

        @Actor
        public void end(II_Result result) {
            open.closeAll(id -> result.r2 += id == EVENT.id() ? 1 : -1);
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Nothing was open any more, and it was said so.")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "Nothing was open any more, so there was no wait.")
    @Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The wait for what is open ends by a signal.")
    @Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "The wait ends only at the deadline.")
    @State
    public static class DoneAgainstTheWait {

        private final Monitor monitor = new Monitor(System::nanoTime, false);
        private final Incarnation life = life(monitor);
        private final OpenDeliveries open = (OpenDeliveries) OPEN.get(life);
        private final OpenDelivery delivery = opened(life, open);

        @Actor
        public void done() {
            delivery.done();
        }

        @Actor
        public void end(ZZ_Result result) {
            life.tell(0);
            result.r2 = open.isEmpty();
        }

        @Arbiter
        public void look(ZZ_Result result) {
            result.r1 = monitor.look(() -> {}) > 0;
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "It is finalized, and may be torn down.")
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "It is not finalized yet, and waited for.")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "It is torn down while it finalizes.")
    @State
    public static class FinalizeAgainstTeardown {

        private final OpenDeliveries open = new OpenDeliveries(1);
        private final OpenDelivery delivery = opened(life(new Monitor(System::nanoTime, false)), open);
        private int finalized;

        @Actor
        public void done() {
            if (open.close(delivery.ticket())) {
                finalized = 1;
                open.free(delivery.ticket());
            }
        }

        @Actor
        public void end(I_Result result) {
            result.r1 = open.isEmpty() ? finalized : 2;
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The loop came too early to have a next event.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The next event is open, in the place of the one before.")
    @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Who is done twice with one event is done with the next one.")
    @State
    public static class DoneTwiceAgainstTheNextEvent {

        private final Incarnation life = life(new Monitor(System::nanoTime, false));
        private final OpenDeliveries open = new OpenDeliveries(1);
        private final OpenDelivery delivery = opened(life, open);
        private boolean polled;
        private int done;

        @Actor
        public void done() {
            done += closeAndFree() + closeAndFree();
        }

        private int closeAndFree() {
            if (open.close(delivery.ticket())) {
                open.free(delivery.ticket());
                return 1;
            }
            return 0;
        }

        @Actor
        public void loop() {
            long ticket = open.ticket();
            if (ticket != OpenDeliveries.NONE) {
                polled = true;
                open.open(ticket, NEXT);
            }
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = done;
            result.r2 = open.isEmpty() ? (polled ? -1 : 0) : 1;
        }
    }
}
