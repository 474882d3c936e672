package dev.safe.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.ExtensionSupervisor;
import dev.safe.supervisor.RestartPolicy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All kinds of chaos in all phases, restarts by the supervisor and by hand, a sink that loses events and throws, plugins
 * whose classes are loaded anew for each life: for as long as {@code -Dsoak.length} says. Every thirty seconds chaos rests
 * and what is there is measured, and appended to {@code target/soak.txt}, which is kept if this is stopped.
 *
 * <p>Run by hand, see CONTRIBUTING.
 */
@Tag("soak")
class SupervisorSoakTest {

    private static final Duration LENGTH =
            Duration.parse("PT" + System.getProperty("soak.length", "10m").toUpperCase(Locale.ROOT));

    private static final Duration TURN = Duration.ofSeconds(30);

    private static final Path FILE = Path.of("target", "soak.txt");

    /** Made anew for each life, the second one in dependence of the first one. */
    private static final List<String> MADE = List.of("made.1", "made.2", "made.3", "made.4");

    /** Set up again for each life. */
    private static final List<String> KEPT = List.of("kept.1", "kept.2");

    /** Never misbehaves. */
    private static final String WELL = "well";

    private static final List<Fault> KINDS = List.of(
            Faults.runtimeException(),
            Faults.error(),
            Faults.linkageError(),
            Faults.stackOverflow(),
            Faults.hang(),
            Faults.throwing("checked", () -> new IOException("chaos")));

    /** What is there while chaos rests. */
    private record Sample(long heap, int threads, long classes, long loaders) {}

    private final Map<String, FaultyExtension> faulty = new HashMap<>();
    private final Map<String, IntSupplier> hostFunctions = new HashMap<>();
    private final Map<String, AtomicLong> strikes = new ConcurrentHashMap<>();
    private final Queue<WeakReference<ClassLoader>> loaders = new ConcurrentLinkedQueue<>();
    private final SoakCounts counts = new SoakCounts();
    private final Random random = new Random(4711);
    private final ExecutorService cells = Executors.newFixedThreadPool(4);
    private ExtensionGuard guard;
    private ExtensionSupervisor supervisor;

    @Test
    void shouldLoseNoEventAndKeepNothing() throws Exception {
        guard = guard();
        supervisor = supervisor();
        Files.createDirectories(FILE.getParent());
        Files.deleteIfExists(FILE);
        report("soak of " + LENGTH + " on Java " + Runtime.version().feature());
        List<Sample> samples = new ArrayList<>();
        supervisor.start();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LENGTH.toNanos()) {
            wreakHavoc(Math.min(TURN.toNanos(), LENGTH.toNanos() - (System.nanoTime() - begin)));
            rest();
            samples.add(measure(Duration.ofNanos(System.nanoTime() - begin)));
        }
        assertThat(guard.snapshot(WELL).orElseThrow().restarts())
                .as("restarts of what is well")
                .isZero();
        supervisor.close();
        cells.shutdown();
        report("closed: " + counts + ", struck " + new TreeMap<>(strikes));
        guard.close();

        assertThat(counts.polled.sum()).isGreaterThan(LENGTH.toSeconds() * 100);
        assertThat(counts.finalized.sum()).as("finalized").isEqualTo(counts.polled.sum());
        assertThat(counts.notOpen.sum()).as("finalized again").isZero();
        assertThat(strikes).as("kinds by phase").hasSize(KINDS.size() * Phase.values().length);
        assertThat(threadsOf("safe-made.", "safe-kept.", "safe-well", "safe-supervisor"))
                .isEmpty();
        Sample first = samples.get(Math.min(1, samples.size() - 1));
        Sample last = samples.get(samples.size() - 1);
        assertThat(last.heap()).as("heap").isLessThan(first.heap() + first.heap() / 10 + (2 << 20));
        assertThat(last.threads()).as("threads").isLessThanOrEqualTo(first.threads() + 4);
        assertThat(last.classes()).as("classes").isLessThanOrEqualTo(first.classes() + 100);
        assertThat(last.loaders()).as("class loaders").isLessThanOrEqualTo(MADE.size() + KEPT.size() + 1);
    }

    private static ExtensionGuard guard() {
        ExtensionGuard.Builder builder = ExtensionGuard.builder();
        for (Phase phase : Phase.values()) {
            PhasePolicy.Builder policy =
                    PhasePolicy.builder(phase).budget(new BudgetPolicy(Duration.ofMillis(50), OnOverrun.INTERRUPT));
            if (phase == Phase.POLL) {
                policy.quarantine(QuarantinePolicy.builder()
                        .enabled(true)
                        .threshold(5)
                        .initialBackoff(Duration.ofMillis(5))
                        .maxBackoff(Duration.ofMillis(20))
                        .build());
            }
            builder.policy(phase, policy.build());
        }
        return builder.build();
    }

    private ExtensionSupervisor supervisor() {
        ExtensionSupervisor.Builder builder = ExtensionSupervisor.builder(guard, this::take)
                .restart(new RestartPolicy(
                        true,
                        2,
                        Duration.ofMillis(5),
                        Duration.ofMillis(40),
                        2.0,
                        RestartPolicy.MAX_RESTARTS,
                        Duration.ofSeconds(1)))
                .pause(Duration.ofNanos(200_000))
                .maxInFlight(200)
                .teardownDeadline(Duration.ofSeconds(2))
                .dependsOn("made.2", "made.1");
        MADE.forEach(name -> builder.extension(prepare(name), () -> plugin(name)));
        KEPT.forEach(name -> builder.extension(plugin(prepare(name))));
        return builder.extension(plugin(prepare(WELL))).build();
    }

    private String prepare(String name) {
        FaultyExtension extension = FaultyExtension.builder(name).build();
        faulty.put(name, extension);
        hostFunctions.put(name, guard.hostFunction(name, "call", IntSupplier.class, extension::hostFunction));
        return name;
    }

    /** Makes a plugin whose class is loaded anew, as of a plugin that is installed again. */
    private ExtensionCapability plugin(String name) {
        ClassLoader loader = new SoakLoader();
        loaders.add(new WeakReference<>(loader));
        try {
            return (ExtensionCapability) loader.loadClass(SoakPlugin.class.getName())
                    .getDeclaredConstructor(FaultyExtension.class, SoakCounts.class)
                    .newInstance(faulty.get(name), counts);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Passes most events on to cells, which are done with them twice. Loses some, and fails at others. */
    private void take(Delivery delivery) {
        int chance = delivery.extension().equals(WELL)
                ? 1000
                : ThreadLocalRandom.current().nextInt(1000);
        if (chance < 2) {
            return;
        }
        if (chance < 20) {
            delivery.done();
        }
        if (chance < 40) {
            throw new IllegalStateException("the sink fails");
        }
        cells.execute(() -> {
            hostFunctions.get(delivery.extension()).getAsInt();
            delivery.done();
            delivery.done();
        });
    }

    private void wreakHavoc(long nanos) {
        Map<String, Injection> orders = new HashMap<>();
        long begin = System.nanoTime();
        for (int turn = 1; System.nanoTime() - begin < nanos; turn++) {
            String name = anyOf(random.nextBoolean() ? MADE : KEPT);
            Phase phase = anyOf(List.of(Phase.values()));
            Injection before = orders.put(
                    name + phase,
                    faulty.get(name).inject(phase, counted(phase), Schedule.times(1 + random.nextInt(8))));
            if (before != null) {
                before.remove();
            }
            if (turn % 200 == 0) {
                supervisor.restart(anyOf(MADE), "by hand");
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private <T> T anyOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Fault counted(Phase phase) {
        Fault kind = anyOf(KINDS);
        AtomicLong count = strikes.computeIfAbsent(phase.tag() + " " + kind, key -> new AtomicLong());
        return Fault.of(kind.name(), extension -> {
            count.incrementAndGet();
            kind.strike(extension);
        });
    }

    /** Ends chaos, and waits until each extension is well again. */
    private void rest() {
        faulty.values().forEach(FaultyExtension::heal);
        long begin = System.nanoTime();
        while (!faulty.keySet().stream().allMatch(this::isRunning)) {
            assertThat(System.nanoTime() - begin)
                    .as(() -> "nanoseconds until all were well: " + guard.snapshots())
                    .isLessThan(TURN.toNanos());
            LockSupport.parkNanos(10_000_000);
        }
    }

    private boolean isRunning(String name) {
        return guard.state(name).filter(ExtensionState.RUNNING::equals).isPresent();
    }

    private Sample measure(Duration elapsed) throws IOException {
        for (int turn = 0; turn < 3; turn++) {
            System.gc();
        }
        loaders.removeIf(loader -> loader.get() == null);
        Sample sample = new Sample(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                loaders.size());
        long restarts = faulty.keySet().stream()
                .mapToLong(name -> guard.snapshot(name).orElseThrow().restarts())
                .sum();
        report("%4d s: %s, %d restarts, %.1f MiB, %d threads, %d classes, %d loaders"
                .formatted(
                        elapsed.toSeconds(),
                        counts,
                        restarts,
                        sample.heap() / 1048576.0,
                        sample.threads(),
                        sample.classes(),
                        sample.loaders()));
        return sample;
    }

    private static void report(String line) throws IOException {
        Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<String> threadsOf(String... prefixes) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> List.of(prefixes).stream().anyMatch(name::startsWith))
                .toList();
    }
}
