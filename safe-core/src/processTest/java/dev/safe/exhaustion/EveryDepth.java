package dev.safe.exhaustion;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionPanicException;
import dev.safe.GuardListener;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantinePolicy;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.Tally;
import dev.safe.TeardownContext;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/**
 * Crosses a boundary at each depth of the stack, down to its end, on many threads: the extension throws each time it is
 * reached. Prints a line for each way in.
 *
 * <p>Checks the promise: once the extension has been called and has thrown, the outcome is what the policy says. If the
 * stack ends before the extension is reached, the host's own stack has ended, and the host may see a
 * {@link StackOverflowError}. Every throw is counted, at the latest after one more crossing that has room.
 */
public final class EveryDepth {

    private static final RuntimeException BOOM = new IllegalStateException("boom");
    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("storage"), Map.of());
    private static final TeardownContext TEARDOWN = new TeardownContext(Instant.MAX);
    private static final ExtensionGuard OUTER = guard("plain");
    private static final int DEPTHS = 16_384;
    private static final int FEW = 10;
    private static final int LISTENER_FRAMES = 30;
    private static final int WARM = 20_000;
    private static final long LIMIT_MILLIS = 100_000;

    /** The ways in. */
    enum Way {
        CALL_POLL(Phase.POLL) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                return () -> guard.callPoll(extension);
            }
        },
        GUARDED_POLL(Phase.POLL) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                ExtensionCapability guarded = guard.guarded(extension);
                return guarded::poll;
            }
        },
        GENERIC_POLL(Phase.POLL) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                return () -> guard.call(extension, Phase.POLL, extension, ExtensionCapability::poll);
            }
        },
        SETUP(Phase.SETUP) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                return () -> {
                    guard.callSetup(extension, ENV);
                    return null;
                };
            }
        },
        FINALIZE(Phase.FINALIZE) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                return () -> {
                    guard.callFinalize(extension, 1);
                    return null;
                };
            }
        },
        TEARDOWN_PHASE(Phase.TEARDOWN) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                return () -> {
                    guard.callTeardown(extension, TEARDOWN);
                    return null;
                };
            }
        },
        HOST_FUNCTION(Phase.HOST) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                IntSupplier wrapper = guard.hostFunction(extension.name(), "f", IntSupplier.class, extension);
                return () -> wrapper.getAsInt() == 0 ? null : "not zero";
            }
        },
        HANDLE(Phase.HOST) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) throws ReflectiveOperationException {
                MethodHandle body = MethodHandles.lookup()
                        .findVirtual(Thrower.class, "getAsInt", MethodType.methodType(int.class))
                        .bindTo(extension);
                MethodHandle handle = guard.hostFunction(extension.name(), "f", body);
                return () -> (int) handle.invokeExact() == 0 ? null : "not zero";
            }
        },
        /** Another guard around the decorator. */
        NESTED_GUARDS(Phase.POLL) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                ExtensionCapability outer = OUTER.guarded(guard.guarded(extension));
                return outer::poll;
            }
        },
        /**
         * Crosses the same boundary twice, under a policy that throws: the panic passes through the outer call, and is
         * counted once. If the JIT has merged the frames of the inner call but not those of the outer one, the outer
         * call may lack the room to see that the panic is counted. It then counts it again rather than not at all,
         * about once in 100,000 crossings.
         */
        NESTED_SETUP(Phase.SETUP) {
            @Override
            boolean mayCountAgain() {
                return true;
            }

            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                ExtensionCapability inner = guard.guarded(extension);
                return () -> {
                    guard.callSetup(inner, ENV);
                    return null;
                };
            }
        },
        RECOVER_HOST(Phase.HOST) {
            @Override
            Crossing of(ExtensionGuard guard, Thrower extension) {
                return () -> {
                    if (!extension.calm) {
                        guard.recoverHost(extension.name(), "f", BOOM);
                        extension.thrown++; // The call returned, so the panic is counted.
                    } else {
                        guard.hostFunction(extension.name(), "f", IntSupplier.class, extension)
                                .getAsInt();
                    }
                    return null;
                };
            }
        };

        final Phase phase;

        Way(Phase phase) {
            this.phase = phase;
        }

        boolean mayCountAgain() {
            return false;
        }

        abstract Crossing of(ExtensionGuard guard, Thrower extension) throws ReflectiveOperationException;
    }

    /** One call across a boundary. */
    interface Crossing {
        Object cross() throws Throwable;
    }

    /** Notes that it is about to throw, without needing a frame. */
    static final class Thrower implements ExtensionCapability, IntSupplier {

        private final String name;
        long thrown;
        boolean calm;

        Thrower(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void setup(SetupEnv env) {
            if (!calm) {
                thrown++;
                throw BOOM;
            }
        }

        @Override
        public StepEvent poll() {
            if (!calm) {
                thrown++;
                throw BOOM;
            }
            return null;
        }

        @Override
        public void finalizeStep(long id) {
            if (!calm) {
                thrown++;
                throw BOOM;
            }
        }

        @Override
        public void teardown(TeardownContext context) {
            if (!calm) {
                thrown++;
                throw BOOM;
            }
        }

        @Override
        public int getAsInt() {
            if (!calm) {
                thrown++;
                throw BOOM;
            }
            return 0;
        }
    }

    /**
     * Records what came out at each depth of one thread. Notes it without a frame, and looks at it when there is room
     * again.
     */
    private static final class Descent {

        private final Thrower extension;
        private final Crossing crossing;
        private final boolean[] reached = new boolean[DEPTHS];
        private final Object[] returned = new Object[DEPTHS];
        private final Throwable[] escaped = new Throwable[DEPTHS];
        private int depth;

        Descent(Thrower extension, Crossing crossing) {
            this.extension = extension;
            this.crossing = crossing;
        }

        /** Uses a little of the stack first, so that the stack ends elsewhere on each thread. */
        void run(long pad, long takesRoom) {
            if (pad > 0) {
                run(pad - 1, takesRoom + pad);
            } else {
                try {
                    descend();
                } catch (StackOverflowError end) {
                    return;
                }
            }
        }

        private void descend() {
            long before = extension.thrown;
            try {
                returned[depth] = crossing.cross();
            } catch (Throwable thrown) {
                escaped[depth] = thrown;
            }
            reached[depth] = extension.thrown != before;
            depth++;
            if (depth < DEPTHS) {
                descend();
            }
        }
    }

    /** The sums over all threads for one way in. */
    private static final class Sums {

        long crossings;
        long thrown;
        long containedUnreached;
        long rawUnreached;
        long rawReached;
        long bare;
        long lost;
        long threadsThatLost;
        long extra;
        long stuck;
        final Map<String, Integer> wrong = new TreeMap<>();

        void add(Way way, Descent descent, PhaseSnapshot counted) {
            long contained = 0;
            long raw = 0;
            for (int i = 0; i < descent.depth; i++) {
                Throwable escaped = descent.escaped[i];
                boolean reached = descent.reached[i];
                if (escaped instanceof StackOverflowError) {
                    if (reached) {
                        rawReached++;
                        System.out.println("# " + way + " raw at " + Arrays.toString(escaped.getStackTrace()));
                    } else {
                        raw++;
                    }
                } else if (escaped == BOOM && way.phase == Phase.SETUP) {
                    bare++; // Without room for an exception of ours, the panic itself is passed on.
                } else if (way.phase == Phase.SETUP ? !isWrapped(escaped, reached) : escaped != null) {
                    wrong.merge(String.valueOf(escaped).replaceFirst("\"[^\"]*\"", "it"), 1, Integer::sum);
                } else if (descent.returned[i] != null) {
                    wrong.merge("returned " + descent.returned[i], 1, Integer::sum);
                } else if (!reached) {
                    contained++;
                }
            }
            crossings += descent.depth;
            thrown += descent.extension.thrown;
            containedUnreached += contained;
            rawUnreached += raw;
            long expected = descent.extension.thrown;
            lost += Math.max(0, expected - counted.panics());
            threadsThatLost += counted.panics() < expected ? 1 : 0;
            // The boundary cannot know whether the extension overflowed or the call to it, which may count as a panic.
            extra += Math.max(0, counted.panics() - expected - contained - raw);
            stuck += counted.stuck();
        }

        private static boolean isWrapped(Throwable escaped, boolean reached) {
            return escaped instanceof ExtensionPanicException panic && (panic.value() == BOOM || !reached);
        }

        void print(Way way) {
            System.out.println(way + " threw=" + (thrown > 0 ? "many" : "never") + " rawAfterThrow=" + rawReached
                    + " wrong=" + wrong + " lost=" + lost + " extra="
                    + (way.mayCountAgain() && extra <= FEW ? 0 : extra) + " stuck=" + stuck);
            System.out.println("# " + way + " crossings=" + crossings + " threw=" + thrown + " threadsThatLost="
                    + threadsThatLost + " unreached: contained=" + containedUnreached + " raw=" + rawUnreached
                    + " bare=" + bare + " extra=" + extra);
        }
    }

    private final ExtensionGuard guard;

    private EveryDepth(ExtensionGuard guard) {
        this.guard = guard;
    }

    /**
     * Runs the program.
     *
     * @param args {@code warm}, {@code cold} or {@code virtual}; {@code plain}, {@code quarantine}, {@code budget} or
     *     {@code listener}; the number of threads for each way in; the ways in, or all if none are given
     */
    public static void main(String[] args) throws Exception {
        try (ExtensionGuard guard = guard(args[1])) {
            EveryDepth program = new EveryDepth(guard);
            Way[] ways = Way.values();
            int first = args.length > 3 ? Way.valueOf(args[3]).ordinal() : 0;
            for (int i = 0; i < ways.length; i++) {
                Way way = ways[(first + i) % ways.length];
                if (args[0].equals("warm")) {
                    program.warmUp(way);
                }
                program.descend(way, Integer.parseInt(args[2]), args[0].equals("virtual"));
            }
        }
        System.exit(0);
    }

    private static ExtensionGuard guard(String kind) {
        ExtensionGuard.Builder builder = ExtensionGuard.builder();
        for (Phase phase : Phase.values()) {
            boolean rejectable = phase != Phase.SETUP && phase != Phase.TEARDOWN;
            builder.policy(
                    phase,
                    PhasePolicy.builder(phase)
                            .quarantine(QuarantinePolicy.builder()
                                    .enabled(rejectable && kind.equals("quarantine"))
                                    .threshold(QuarantinePolicy.MAX_THRESHOLD)
                                    .window(Duration.ofMillis(1))
                                    .build())
                            .budget(
                                    kind.equals("budget")
                                            ? new BudgetPolicy(Duration.ofHours(1), OnOverrun.INTERRUPT)
                                            : BudgetPolicy.NONE)
                            .build());
        }
        if (kind.equals("listener")) {
            builder.listener(new GuardListener() {
                @Override
                public void onCount(String extension, Phase phase, Tally tally, long total) {
                    takeRoom(LISTENER_FRAMES);
                }

                private int takeRoom(int frames) {
                    return frames == 0 ? 0 : 1 + takeRoom(frames - 1);
                }
            });
        }
        return builder.build();
    }

    private void warmUp(Way way) throws ReflectiveOperationException {
        Thrower extension = new Thrower("warm." + way);
        Crossing crossing = way.of(guard, extension);
        for (int i = 0; i < WARM; i++) {
            try {
                crossing.cross();
            } catch (Throwable expected) {
                continue;
            }
        }
    }

    private void descend(Way way, int threads, boolean virtual)
            throws ReflectiveOperationException, InterruptedException {
        Sums sums = new Sums();
        for (int i = 0; i < threads; i++) {
            Thrower extension = new Thrower(way + "." + i);
            Crossing crossing = way.of(guard, extension);
            Descent descent = new Descent(extension, crossing);
            int pad = i % 32;
            Runnable task = () -> descendAndCrossOnce(descent, pad);
            Thread thread = virtual ? SmallStacks.virtual(task) : SmallStacks.platform(task);
            thread.start();
            thread.join(LIMIT_MILLIS);
            if (thread.isAlive()) {
                System.out.println("HANGS " + way + " " + Arrays.toString(thread.getStackTrace()));
                System.exit(2);
            }
            sums.add(
                    way,
                    descent,
                    guard.snapshot(extension.name())
                            .map(snapshot -> snapshot.phase(way.phase))
                            .orElseThrow());
        }
        sums.print(way);
    }

    /** Crosses once more with room, by which time everything must be counted. */
    private static void descendAndCrossOnce(Descent descent, int pad) {
        descent.run(pad, 0);
        descent.extension.calm = true;
        try {
            descent.crossing.cross();
        } catch (Throwable unexpected) {
            System.out.println("UNEXPECTED " + unexpected);
        }
    }
}
