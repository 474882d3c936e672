package dev.safe.exhaustion;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import dev.safe.OnOverrun;
import dev.safe.PanicReport;
import dev.safe.PanicSnapshot;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.PhaseSnapshot;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Lets an extension fill the heap to the last byte, in one way after another. Prints for each way what became of the
 * {@link OutOfMemoryError}, after the host has let go of what the extension hoarded and has crossed the boundary again.
 */
public final class FullHeap {

    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("storage"), Map.of());
    private static final int ORDINARY = 50;
    private static final long HANG_NANOS = 5_000_000_000L;

    /** The ways in. */
    enum Way {
        CALL_POLL(Phase.POLL),
        GUARDED_POLL(Phase.POLL),
        SETUP(Phase.SETUP),
        HOST_FUNCTION(Phase.HOST),
        HANDLE(Phase.HOST);

        final Phase phase;

        Way(Phase phase) {
            this.phase = phase;
        }

        Call of(ExtensionGuard guard, Hoarder extension) throws ReflectiveOperationException {
            ExtensionCapability guarded = guard.guarded(extension);
            IntSupplier function = guard.hostFunction(extension.name(), "f", IntSupplier.class, extension::host);
            MethodHandle handle = guard.hostFunction(
                    extension.name(),
                    "f",
                    MethodHandles.lookup()
                            .findVirtual(Hoarder.class, "host", MethodType.methodType(int.class))
                            .bindTo(extension));
            return switch (this) {
                case CALL_POLL -> () -> guard.callPoll(extension);
                case GUARDED_POLL -> guarded::poll;
                case SETUP ->
                    () -> {
                        guard.callSetup(extension, ENV);
                        return null;
                    };
                case HOST_FUNCTION -> () -> nullForZero(function.getAsInt());
                case HANDLE -> () -> nullForZero((int) handle.invokeExact());
            };
        }

        private static Object nullForZero(int value) {
            return value == 0 ? null : "not zero";
        }
    }

    /** One call across a boundary. */
    interface Call {
        Object call() throws Throwable;
    }

    /** Fills the heap, and keeps what it has allocated until the host lets go of it, or only while it runs. */
    private static final class Hoarder implements ExtensionCapability {

        private final String name;
        private final boolean keeps;
        Object hoard;
        int throwing;
        OutOfMemoryError thrown;

        Hoarder(String name, boolean keeps) {
            this.name = name;
            this.keeps = keeps;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void setup(SetupEnv env) {
            host();
        }

        @Override
        public StepEvent poll() {
            host();
            return null;
        }

        int host() {
            if (throwing > 0) {
                throwing--;
                fill();
            }
            return 0;
        }

        private void fill() {
            Object local = null;
            int size = 1 << 20;
            while (true) {
                try {
                    while (true) {
                        local = new Object[] {local, new byte[size]};
                        hoard = keeps ? local : null;
                    }
                } catch (OutOfMemoryError full) {
                    if (size == 0) {
                        thrown = full;
                        throw full;
                    }
                    size /= 16;
                }
            }
        }
    }

    private final List<String> reported = Collections.synchronizedList(new ArrayList<>());
    private final ExtensionGuard guard;

    private FullHeap(boolean budget) {
        ExtensionGuard.Builder builder = ExtensionGuard.builder();
        for (Phase phase : Phase.values()) {
            builder.policy(
                    phase,
                    PhasePolicy.builder(phase)
                            .budget(
                                    budget
                                            ? new BudgetPolicy(Duration.ofHours(1), OnOverrun.INTERRUPT)
                                            : BudgetPolicy.NONE)
                            .build());
        }
        builder.policy(
                "sentinel",
                Phase.HOST,
                PhasePolicy.builder(Phase.HOST)
                        .budget(new BudgetPolicy(Duration.ofMillis(20), OnOverrun.INTERRUPT))
                        .build());
        guard = builder.listener(new GuardListener() {
                    @Override
                    public void onPanic(PanicReport report, Throwable cause) {
                        reported.add(report.extension() + " " + report.type());
                    }
                })
                .build();
    }

    /**
     * Runs it.
     *
     * @param args {@code warm} or {@code cold}; {@code plain} or {@code budget}; {@code field} if the extension keeps
     *     what it allocates, {@code local} if it does not; the ways in, or all if none are given
     */
    public static void main(String[] args) throws Exception {
        boolean budget = args[1].equals("budget");
        FullHeap program = new FullHeap(budget);
        if (budget) {
            program.hangIsInterrupted();
        }
        if (args[0].equals("warm")) {
            program.panicWithRoom();
        }
        for (Way way : args.length > 3 ? new Way[] {Way.valueOf(args[3])} : Way.values()) {
            program.exhaust(way, args[2].equals("field"));
        }
        System.out.println("WATCHDOG interrupts=" + program.hangIsInterrupted());
        System.exit(0);
    }

    /** Returns whether the budget of an unrelated extension is still watched. */
    private boolean hangIsInterrupted() {
        return guard.hostFunction("sentinel", "hang", IntSupplier.class, FullHeap::hang)
                        .getAsInt()
                == 1;
    }

    private static int hang() {
        long end = System.nanoTime() + HANG_NANOS;
        while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        return Thread.currentThread().isInterrupted() ? 1 : 0;
    }

    private void panicWithRoom() {
        ExtensionCapability ordinary = new ExtensionCapability() {
            @Override
            public String name() {
                return "ordinary";
            }

            @Override
            public StepEvent poll() {
                throw new IllegalStateException("boom");
            }
        };
        IntSupplier function = guard.hostFunction("ordinary", "f", IntSupplier.class, () -> {
            throw new IllegalStateException("boom");
        });
        for (int i = 0; i < ORDINARY; i++) {
            guard.callPoll(ordinary);
            function.getAsInt();
        }
    }

    private void exhaust(Way way, boolean keeps) throws Exception {
        String name = way.name().toLowerCase(Locale.ROOT) + (keeps ? ".field" : ".local");
        Hoarder extension = new Hoarder(name, keeps);
        Call call = way.of(guard, extension);
        StringBuilder outcomes = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            outcomes.append(i == 0 ? "" : ",").append(exhaustOnce(way, extension, call));
        }
        PhaseSnapshot counted = guard.snapshot(name).orElseThrow().phase(way.phase);
        System.out.println(way + " outcomes=" + outcomes + " panics=" + counted.panics() + " listed="
                + counted.recentPanics().stream().map(PanicSnapshot::type).toList() + " reported="
                + reported.stream()
                        .filter(line -> line.startsWith(name + " "))
                        .distinct()
                        .toList() + " stuck="
                + counted.stuck());
    }

    private static String exhaustOnce(Way way, Hoarder extension, Call call) {
        Object returned = null;
        Throwable seen = null;
        extension.throwing = 1;
        try {
            returned = call.call();
        } catch (Throwable thrown) {
            seen = thrown;
        }
        extension.hoard = null;
        OutOfMemoryError thrown = extension.thrown;
        System.gc(); // G1 on JDK 25 may fail the next allocation, although the heap is free again.
        try {
            call.call(); // There is room again.
        } catch (Throwable surprise) {
            return "surprise:" + surprise.getClass().getName();
        }
        if (seen == null) {
            return returned == null && way == Way.HANDLE ? "as promised" : "swallowed";
        }
        if (way == Way.HANDLE) {
            return "escaped:" + seen.getClass().getName();
        }
        return seen == thrown ? "as promised" : "replaced:" + seen.getClass().getName();
    }
}
