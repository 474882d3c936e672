package dev.safe.exhaustion;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.PanicSnapshot;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantinePolicy;
import dev.safe.QuarantineState;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Makes one crossing at each of the last levels of the stack, each with an extension and a thread of its own. Then
 * looks, with room, at what the crossing left behind. Prints a line for each scenario.
 */
public final class NearTheEnd {

    private static final RuntimeException BOOM = new IllegalStateException("boom");
    private static final InterruptedException INTERRUPTED = new InterruptedException("stop");
    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("storage"), Map.of());
    private static final TeardownContext TEARDOWN = new TeardownContext(Instant.MAX);
    private static final int LEVELS = 1_000;
    private static final int FINE = 100;
    private static final int WARM = 5_000;
    private static final long BACKOFF = Duration.ofSeconds(1).toNanos();
    private static final long LIMIT_MILLIS = 30_000;

    /** What is done near the end of the stack, and what must hold after one more crossing with room. */
    enum Scenario {
        /** A probe that panics, or does not even reach the extension, is followed by another one after its backoff. */
        PROBE {
            @Override
            void prepare(Subject subject) {
                subject.guard.callPoll(subject); // Trips the quarantine.
                subject.now.addAndGet(BACKOFF + 1);
                subject.entered = 0;
            }

            @Override
            void look(Subject subject) {
                subject.calm = true;
                subject.entered = 0;
                for (int i = 0;
                        i < 2 && subject.entered == 0;
                        i++) { // The first poll may have to make up for the one before.
                    subject.now.addAndGet(2 * BACKOFF);
                    subject.guard.callPoll(subject);
                }
                subject.check(subject.entered == 1, "no probe let through after the backoff");
                subject.check(
                        subject.phase(Phase.POLL).quarantine().state() == QuarantineState.CLEAR,
                        "still in quarantine after a probe that succeeded");
            }
        },
        /** A panic near the end of the stack trips the quarantine. */
        TRIP {
            @Override
            void look(Subject subject) {
                subject.calm = true;
                subject.guard.callPoll(subject);
                subject.check(
                        !subject.reached
                                || subject.phase(Phase.POLL).quarantine().state() == QuarantineState.QUARANTINED,
                        "the panic did not trip the quarantine");
            }
        },
        /** A panic near the end of the stack is reported, with its type. */
        REPORT {
            @Override
            void look(Subject subject) {
                subject.calm = true;
                subject.guard.callPoll(subject);
                List<String> types = subject.phase(Phase.POLL).recentPanics().stream()
                        .map(PanicSnapshot::type)
                        .toList();
                subject.check(
                        subject.reached
                                ? types.equals(List.of(BOOM.getClass().getName()))
                                : types.isEmpty() || types.equals(List.of(StackOverflowError.class.getName())),
                        "listed as " + types + (subject.reached ? "" : " though not called"));
            }
        },
        /** A rejected call is counted, and does not reach the extension. */
        REJECTED {
            @Override
            void prepare(Subject subject) {
                subject.guard.guarded(subject);
                subject.guard.quarantine(subject.name(), Phase.POLL, "by hand");
            }

            @Override
            void look(Subject subject) {
                subject.check(subject.entered == 0, "called though in quarantine");
                subject.calm = true;
                subject.guard.callPoll(subject);
                long rejected = subject.phase(Phase.POLL).rejected();
                subject.check(
                        rejected == 2 || (rejected == 1 && subject.escaped instanceof StackOverflowError),
                        "rejected 2, counted " + rejected);
                subject.guard.release(subject.name(), Phase.POLL);
                subject.guard.callPoll(subject);
                subject.check(subject.entered == 1, "not called though released");
            }
        },
        /** An extension that is first seen near the end of the stack keeps its own name. */
        FIRST_SEEN {
            @Override
            boolean isWarmed() {
                return false;
            }

            @Override
            void look(Subject subject) {
                long before = subject.entered;
                subject.guard.callPoll(subject);
                subject.check(
                        subject.guard
                                .snapshot(subject.name())
                                .map(known -> known.phase(Phase.POLL).panics() >= before + 1)
                                .orElse(false),
                        "not counted under its name");
                subject.check(subject.names().equals(List.of(subject.name())), "known as more than one");
            }
        },
        /** A thread that was interrupted stays interrupted. */
        INTERRUPT {
            @Override
            void prepare(Subject subject) {
                subject.thrown = INTERRUPTED;
                subject.guard.guarded(subject);
            }

            @Override
            void look(Subject subject) {
                subject.calm = true;
                subject.guard.callPoll(subject);
                subject.check(!subject.reached || Thread.interrupted(), "the interrupt is lost");
            }
        },
        /** A thread stays interrupted in finalize, too, which has a way in of its own. */
        INTERRUPT_IN_FINALIZE {
            @Override
            void prepare(Subject subject) {
                subject.thrown = INTERRUPTED;
                subject.guard.guarded(subject);
            }

            @Override
            void cross(Subject subject) {
                subject.guard.callFinalize(subject, 1);
            }

            @Override
            void look(Subject subject) {
                subject.calm = true;
                subject.guard.callFinalize(subject, 1);
                subject.check(!subject.reached || Thread.interrupted(), "the interrupt is lost");
            }
        },
        /**
         * A thread stays interrupted in a host function, too, whose frames are spun. A look at the extension makes up
         * for the flag and for the report.
         */
        INTERRUPT_IN_HOST_FUNCTION {
            @Override
            void prepare(Subject subject) {
                subject.thrown = INTERRUPTED;
                subject.function = subject.guard.hostFunction(subject.name, "f", Supplier.class, subject::poll);
            }

            @Override
            void cross(Subject subject) {
                subject.function.get();
            }

            @Override
            void look(Subject subject) {
                List<String> types = subject.phase(Phase.HOST).recentPanics().stream()
                        .map(PanicSnapshot::type)
                        .toList();
                subject.check(
                        !subject.reached
                                || types.equals(List.of(INTERRUPTED.getClass().getName())),
                        "listed as " + types);
                subject.check(!subject.reached || Thread.interrupted(), "the interrupt is lost");
            }
        },
        /** A setup that panicked near the end of the stack has failed. */
        SETUP {
            @Override
            void cross(Subject subject) throws Exception {
                subject.guard.callSetup(subject, ENV);
            }

            @Override
            void look(Subject subject) {
                subject.calm = true;
                subject.guard.callPoll(subject);
                subject.check(!subject.reached || subject.state() == ExtensionState.FAILED, "state " + subject.state());
                subject.check(!subject.reached || subject.escaped != null, "the panic of setup was swallowed");
            }
        },
        /** A teardown that panicked near the end of the stack is over. */
        TEARDOWN_PHASE {
            @Override
            void cross(Subject subject) {
                subject.guard.callTeardown(subject, TEARDOWN);
            }

            @Override
            void look(Subject subject) {
                subject.check(!subject.reached || subject.escaped == null, "teardown threw " + subject.escaped);
                subject.calm = true;
                subject.guard.callFinalize(subject, 1);
                subject.check(
                        !subject.reached || subject.phase(Phase.TEARDOWN).panics() >= 1 || subject.pendingIsAllowed(),
                        "not counted");
                subject.check(
                        !subject.reached || subject.state() == ExtensionState.STOPPED, "state " + subject.state());
            }
        };

        void prepare(Subject subject) {
            subject.guard.guarded(subject);
        }

        boolean isWarmed() {
            return true;
        }

        void cross(Subject subject) throws Exception {
            subject.guard.callPoll(subject);
        }

        abstract void look(Subject subject);
    }

    /** An extension, its guard, and the findings. */
    static final class Subject implements ExtensionCapability {

        final AtomicLong now = new AtomicLong();
        final ExtensionGuard guard;
        private final Scenario scenario;
        private final String name;
        private final List<String> problems = new ArrayList<>();
        Throwable thrown = BOOM;
        Supplier<?> function = () -> null;
        boolean calm;
        long entered;
        boolean reached;
        Throwable escaped;
        private int left;

        Subject(Scenario scenario, int level) {
            this.scenario = scenario;
            this.left = level;
            this.name = "level." + level;
            boolean trips = scenario == Scenario.PROBE || scenario == Scenario.TRIP;
            this.guard = ExtensionGuard.builder()
                    .ticker(now::get)
                    .jitter(() -> 0)
                    .policy(
                            Phase.POLL,
                            PhasePolicy.builder(Phase.POLL)
                                    .quarantine(QuarantinePolicy.builder()
                                            .enabled(trips)
                                            .threshold(1)
                                            .initialBackoff(Duration.ofNanos(BACKOFF))
                                            .multiplier(1)
                                            .jitter(0)
                                            .build())
                                    .build())
                    .build();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void setup(SetupEnv env) throws Exception {
            poll();
        }

        @Override
        public StepEvent poll() {
            entered++;
            if (calm) {
                return null;
            }
            throw NearTheEnd.<RuntimeException>sneaky(thrown);
        }

        @Override
        public void finalizeStep(long id) {
            poll();
        }

        @Override
        public void teardown(TeardownContext context) {
            entered++;
            if (!calm) {
                throw BOOM;
            }
        }

        PhaseSnapshot phase(Phase phase) {
            return guard.snapshot(name).orElseThrow().phase(phase);
        }

        ExtensionState state() {
            return guard.snapshot(name).orElseThrow().state();
        }

        List<String> names() {
            return guard.snapshots().stream().map(known -> known.name()).toList();
        }

        /**
         * Teardown is called only once, so what could not be counted there may have to wait for another call of
         * teardown.
         */
        boolean pendingIsAllowed() {
            calm = true;
            guard.callTeardown(this, TEARDOWN);
            return phase(Phase.TEARDOWN).panics() >= 1;
        }

        void check(boolean holds, String problem) {
            if (!holds) {
                problems.add(problem);
            }
        }

        void run() {
            scenario.prepare(this);
            try {
                descend();
            } catch (Throwable thrown) {
                escaped = thrown;
            }
            reached = entered > 0;
            try {
                scenario.look(this);
            } catch (Throwable thrown) {
                problems.add("looking threw " + thrown);
            }
            guard.close();
        }

        /** Descends to the end of the stack, comes up some levels, and makes the crossing. */
        private void descend() {
            boolean ended = false;
            try {
                descend();
            } catch (StackOverflowError end) {
                ended = true;
            }
            if (ended || left >= 0) {
                if (left-- == 0) {
                    try {
                        scenario.cross(this);
                    } catch (Throwable thrown) {
                        escaped = thrown;
                    }
                }
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private NearTheEnd() {}

    /**
     * Runs it.
     *
     * @param args {@code cold} or {@code warm}
     */
    public static void main(String[] args) throws Exception {
        for (Scenario scenario : Scenario.values()) {
            if (args[0].equals("warm") && scenario.isWarmed()) {
                warmUp(scenario);
            }
            run(scenario);
        }
        System.exit(0);
    }

    private static void warmUp(Scenario scenario) {
        Subject subject = new Subject(scenario, 0);
        scenario.prepare(subject);
        for (int i = 0; i < WARM; i++) {
            try {
                scenario.cross(subject);
            } catch (Throwable expected) {
                subject.escaped = expected;
            }
            subject.now.addAndGet(2 * BACKOFF);
        }
        Thread.interrupted();
        subject.guard.close();
    }

    private static void run(Scenario scenario) throws InterruptedException {
        Map<String, Integer> problems = new TreeMap<>();
        int reached = 0;
        for (int level = 0; level < LEVELS; level += level < FINE ? 1 : 10) {
            Subject subject = new Subject(scenario, level);
            Thread thread = SmallStacks.platform(subject::run);
            thread.start();
            thread.join(LIMIT_MILLIS);
            if (thread.isAlive()) {
                System.out.println("HANGS " + scenario + " " + Arrays.toString(thread.getStackTrace()));
                System.exit(2);
            }
            subject.problems.forEach(problem -> problems.merge(problem, 1, Integer::sum));
            reached += subject.reached ? 1 : 0;
        }
        System.out.println(scenario + " problems=" + problems);
        System.out.println("# " + scenario + " reached=" + reached);
    }
}
