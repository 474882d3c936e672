package dev.safe.exhaustion;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Lets guests overflow the stack in calls with a budget, on many threads, while the engine turns each overflow into a
 * trap. The threads live on, first outside of any call and then in a call that hangs. Prints one line for each way to
 * recurse.
 */
public final class TrappedOverflow {

    private static final Duration BUDGET = Duration.ofMillis(50);
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LIMIT_SECONDS = 60;
    private static final RuntimeException BOOM = new IllegalStateException("boom");

    /** How the guest recurses. */
    enum Way {
        /** The guest calls host functions that return, each a little further down. */
        GUEST_CALLS_DEEPER,
        /** The guest calls host functions that throw, each a little further down. */
        GUEST_CALLS_PANICKING_DEEPER,
        /** Each host function calls the guest, which calls the other host function. */
        THROUGH_HOST_FUNCTIONS,
        /** Each poll polls the other extension. */
        THROUGH_POLLS
    }

    /** What one thread does and finds. */
    private static final class Cell implements Runnable {

        private final ExtensionGuard guard;
        private final Way way;
        private final int pad;
        private final CountDownLatch idle;
        private final CountDownLatch release;
        private final IntSupplier even;
        private final IntSupplier odd;
        private final ExtensionCapability evenPoll = new Recursive("even");
        private final ExtensionCapability oddPoll = new Recursive("odd");
        private boolean hanging;
        private boolean hangEnded;
        private boolean trapped;
        private int depth;
        long threw;
        boolean strayInterrupt;
        boolean budgetOff;
        boolean finished;
        Throwable surprise;

        Cell(ExtensionGuard guard, Way way, int pad, CountDownLatch idle, CountDownLatch release) {
            this.guard = guard;
            this.way = way;
            this.pad = pad;
            this.idle = idle;
            this.release = release;
            this.even = guard.hostFunction("even", "f", IntSupplier.class, this::host);
            this.odd = guard.hostFunction("odd", "f", IntSupplier.class, this::host);
        }

        @Override
        public void run() {
            try {
                run(pad, 0);
                idle();
                hang();
                finished = true;
            } catch (Throwable thrown) {
                surprise = thrown;
            } finally {
                idle.countDown();
            }
        }

        /** Takes a little of the stack first, so that it ends elsewhere on each thread. */
        private void run(long left, long takesRoom) {
            if (left > 0) {
                run(left - 1, takesRoom + left);
            } else {
                step();
            }
        }

        /** The engine: an overflow of the guest is a trap. */
        private void step() {
            try {
                export();
            } catch (RuntimeException trap) {
                trapped = true;
            }
        }

        private void export() {
            try {
                guest();
            } catch (StackOverflowError end) {
                throw new IllegalStateException("trap: call stack exhausted", end);
            }
        }

        private void guest() {
            depth++;
            if (way == Way.THROUGH_POLLS) {
                guard.callPoll((depth & 1) == 0 ? evenPoll : oddPoll);
            } else {
                ((depth & 1) == 0 ? even : odd).getAsInt();
            }
            if (way == Way.GUEST_CALLS_DEEPER || way == Way.GUEST_CALLS_PANICKING_DEEPER) {
                guest();
            }
        }

        private int host() {
            if (hanging) {
                return hangUntilInterrupted();
            }
            if (way == Way.GUEST_CALLS_PANICKING_DEEPER) {
                threw++;
                throw BOOM;
            }
            if (way == Way.THROUGH_HOST_FUNCTIONS) {
                recurse();
            }
            return 1;
        }

        /** Puts an engine on the stack from time to time, which turns an overflow further down into a trap. */
        private void recurse() {
            try {
                if (depth % 4 == 0) {
                    export();
                } else {
                    guest();
                }
            } catch (Throwable thrown) {
                threw++;
                throw thrown;
            }
        }

        private int hangUntilInterrupted() {
            long end = System.nanoTime() + HANG_NANOS;
            while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            hangEnded = Thread.currentThread().isInterrupted();
            return 1;
        }

        private void idle() {
            Thread.interrupted(); // A call that really was over its budget has ended before this.
            idle.countDown();
            try {
                if (!release.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("was not released");
                }
            } catch (InterruptedException outsideOfAnyCall) {
                strayInterrupt = true;
            }
            strayInterrupt |= Thread.interrupted();
        }

        private void hang() {
            hanging = true;
            for (IntSupplier function : List.of(even, odd)) {
                hangEnded = false;
                function.getAsInt();
                budgetOff |= !hangEnded;
                strayInterrupt |= Thread.interrupted();
            }
            for (ExtensionCapability extension : List.of(evenPoll, oddPoll)) {
                hangEnded = false;
                guard.callPoll(extension);
                budgetOff |= !hangEnded;
                strayInterrupt |= Thread.interrupted();
            }
        }

        private final class Recursive implements ExtensionCapability {

            private final String name;

            Recursive(String name) {
                this.name = name;
            }

            @Override
            public String name() {
                return name;
            }

            @Override
            public StepEvent poll() {
                if (hanging) {
                    hangUntilInterrupted();
                } else {
                    recurse();
                }
                return null;
            }
        }
    }

    private TrappedOverflow() {}

    /**
     * Runs it.
     *
     * @param args the number of threads for each way to recurse; {@code platform} or {@code virtual}
     */
    public static void main(String[] args) throws Exception {
        for (Way way : Way.values()) {
            try (ExtensionGuard guard = guard()) {
                run(guard, way, Integer.parseInt(args[0]), args[1].equals("virtual"));
            }
        }
        System.exit(0);
    }

    private static ExtensionGuard guard() {
        ExtensionGuard.Builder builder = ExtensionGuard.builder();
        for (Phase phase : List.of(Phase.POLL, Phase.HOST)) {
            builder.policy(
                    phase,
                    PhasePolicy.builder(phase)
                            .quarantine(
                                    QuarantinePolicy.builder().enabled(false).build())
                            .budget(new BudgetPolicy(BUDGET, OnOverrun.INTERRUPT))
                            .build());
        }
        return builder.build();
    }

    private static void run(ExtensionGuard guard, Way way, int threads, boolean virtual) throws Exception {
        CountDownLatch idle = new CountDownLatch(threads);
        CountDownLatch release = new CountDownLatch(1);
        List<Cell> cells = new ArrayList<>();
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Cell cell = new Cell(guard, way, i, idle, release);
            Thread thread = virtual ? SmallStacks.virtual(cell) : SmallStacks.platform(cell);
            thread.start();
            cells.add(cell);
            started.add(thread);
        }
        if (!idle.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            hangs(way, started);
        }
        boolean watching = outlastSomeBudgets(guard);
        long stuckWhileIdle = stuck(guard);
        release.countDown();
        for (Thread thread : started) {
            thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
            if (thread.isAlive()) {
                hangs(way, started);
            }
        }
        print(guard, way, cells, watching, stuckWhileIdle);
    }

    private static void hangs(Way way, List<Thread> threads) {
        threads.stream()
                .filter(Thread::isAlive)
                .forEach(thread -> System.out.println("HANGS " + way + " " + List.of(thread.getStackTrace())));
        System.exit(2);
    }

    /**
     * Hangs a few times itself. Each time that such a call has been interrupted, the other calls have been looked at,
     * too.
     */
    private static boolean outlastSomeBudgets(ExtensionGuard guard) {
        AtomicInteger ended = new AtomicInteger();
        IntSupplier hang = guard.hostFunction("sentinel", "hang", IntSupplier.class, () -> {
            long end = System.nanoTime() + HANG_NANOS;
            while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            return Thread.currentThread().isInterrupted() ? ended.incrementAndGet() : 0;
        });
        for (int i = 0; i < 4; i++) {
            hang.getAsInt();
        }
        return ended.get() == 4;
    }

    private static long stuck(ExtensionGuard guard) {
        return guard.snapshots().stream()
                .flatMap(snapshot -> snapshot.phases().values().stream())
                .mapToLong(phase -> phase.stuck())
                .sum();
    }

    private static long panics(ExtensionGuard guard) {
        return guard.snapshots().stream()
                .flatMap(snapshot -> snapshot.phases().values().stream())
                .mapToLong(phase -> phase.panics())
                .sum();
    }

    private static void print(ExtensionGuard guard, Way way, List<Cell> cells, boolean watching, long stuckWhileIdle) {
        long threw = cells.stream().mapToLong(cell -> cell.threw).sum();
        List<String> stuckStates = guard.snapshots().stream()
                .filter(snapshot -> snapshot.state() != ExtensionState.RUNNING)
                .map(ExtensionSnapshot::toString)
                .toList();
        System.out.println(way + " finished="
                + cells.stream().filter(cell -> cell.finished).count()
                + " strayInterrupts="
                + cells.stream().filter(cell -> cell.strayInterrupt).count()
                + " budgetOff=" + cells.stream().filter(cell -> cell.budgetOff).count()
                + " stuckWhileIdle=" + stuckWhileIdle
                + " stuck=" + stuck(guard)
                + " notRunning=" + stuckStates.size()
                + " lost=" + Math.max(0, threw - panics(guard))
                + " watching=" + watching);
        System.out.println("# " + way + " trapped="
                + cells.stream().filter(cell -> cell.trapped).count() + " threw=" + threw + " counted="
                + panics(guard));
        cells.stream()
                .filter(cell -> cell.surprise != null)
                .limit(1)
                .forEach(cell -> System.out.println("# " + way + " surprise=" + cell.surprise));
    }
}
