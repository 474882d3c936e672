package dev.safe.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.CellState;
import dev.safe.sample.cell.ExtensionCalls;
import dev.safe.sample.cell.StepDeadline;
import dev.safe.supervisor.Delivery;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Measures how many bytes an extension and a host function take on the heap, and how many a step of the sample host's
 * cells allocates.
 *
 * <p>The heap is measured after full collections, before and after thousands of extensions whose instances and names
 * existed before. Each of their boundaries has been called. Each sample comes from a process of its own with the
 * simplest collector, so that it shows the heap's layout and not chance. A step is the cell's own, on the cell's own
 * thread.
 */
final class FootprintBenchmark {

    private static final int HOST_FUNCTIONS = 10_000;
    private static final int WARM_UP_STEPS = 300_000;
    private static final int STEPS = 50_000;
    private static final int IDLE_MILLIS = 100; // as long as a cell waits for an event

    private FootprintBenchmark() {}

    private record Figure(String name, List<String> arguments) {

        Map<String, String> parameters() {
            return arguments.isEmpty() ? Map.of() : Map.of("extensions", arguments.get(0));
        }
    }

    /** Starts the processes that measure. */
    static void run(boolean quick) throws IOException, InterruptedException {
        List<Figure> all = new ArrayList<>();
        for (String extensions : List.of("10000", "20000")) {
            all.add(new Figure("extension", List.of(extensions)));
            all.add(new Figure("guardedExtension", List.of(extensions)));
        }
        for (String name : List.of("hostFunction", "hostFunctionHandle", "idleStep", "tickStep", "requestStep")) {
            all.add(new Figure(name, List.of()));
        }
        Part part = new Part("footprint", all.size());
        Figures figures = new Figures();
        for (Figure figure : all) {
            List<Double> samples = new ArrayList<>();
            for (int turn = 0; turn < (quick ? 1 : 5); turn++) {
                samples.add(sample(figure));
            }
            figures.add(FootprintBenchmark.class, figure.name(), figure.parameters(), "B", samples);
            part.step(figures.last(), figures::write);
        }
    }

    private static double sample(Figure figure) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-classpath",
                System.getProperty("java.class.path"),
                FootprintBenchmark.class.getName(),
                figure.name()));
        command.addAll(figure.arguments());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Work.check(process.waitFor() == 0, figure + " failed: " + output);
        return output.lines()
                .filter(line -> line.startsWith("bytes "))
                .mapToDouble(line -> Double.parseDouble(line.substring("bytes ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** Measures one thing once, in a process of its own. */
    public static void main(String[] arguments) throws Throwable {
        double bytes =
                switch (arguments[0]) {
                    case "extension" -> extensions(Integer.parseInt(arguments[1]), false);
                    case "guardedExtension" -> extensions(Integer.parseInt(arguments[1]), true);
                    case "hostFunction" -> hostFunctions(false);
                    case "hostFunctionHandle" -> hostFunctions(true);
                    case "idleStep" -> idleStep();
                    case "tickStep" -> busyStep("time.tick");
                    case "requestStep" -> busyStep("http.request");
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        System.out.println("bytes " + bytes);
        System.exit(0);
    }

    private static double extensions(int count, boolean guarded) throws Throwable {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        use(guard, new Work.Ready("first"));
        ExtensionCapability[] extensions = new ExtensionCapability[count];
        ExtensionCapability[] ways = new ExtensionCapability[count];
        for (int i = 0; i < count; i++) {
            extensions[i] = new Work.Ready("extension" + i);
        }
        long before = heap();
        for (int i = 0; i < count; i++) {
            use(guard, extensions[i]);
            if (guarded) {
                ways[i] = guard.guarded(extensions[i]);
            }
        }
        long after = heap();
        Work.check(guard.snapshots().size() == count + 1, "not every extension is known");
        Reference.reachabilityFence(extensions);
        Reference.reachabilityFence(ways);
        return (double) (after - before) / count;
    }

    private static void use(ExtensionGuard guard, ExtensionCapability extension) throws Throwable {
        guard.callSetup(extension, new SetupEnv("extension", Path.of("target"), Map.of()));
        Work.check(guard.callPoll(extension) == Work.EVENT, "the event gets lost");
        guard.callFinalize(extension, 1);
        guard.call(extension, Phase.HOST, extension, ExtensionCapability::name);
        guard.callTeardown(extension, new TeardownContext(Instant.now()));
    }

    private static double hostFunctions(boolean handles) throws Throwable {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        MethodHandle body = MethodHandles.lookup()
                .findStatic(
                        Work.class, "hostCall", MethodType.methodType(int.class, Object.class, int.class, int.class));
        Work.HostCall call = Work::hostCall;
        Object[] wrappers = new Object[HOST_FUNCTIONS];
        wrap(guard, 0, handles, body, call);
        long before = heap();
        for (int i = 0; i < HOST_FUNCTIONS; i++) {
            wrappers[i] = wrap(guard, i, handles, body, call);
        }
        long after = heap();
        Reference.reachabilityFence(wrappers);
        return (double) (after - before) / HOST_FUNCTIONS;
    }

    /** Creates wrappers of one extension and one name, so that only the wrappers' own bytes differ. */
    private static Object wrap(ExtensionGuard guard, int i, boolean handle, MethodHandle body, Work.HostCall call)
            throws Throwable {
        if (handle) {
            MethodHandle wrapper = guard.hostFunction("ready", "call", body);
            Work.check((int) wrapper.invokeExact((Object) Work.EVENT, i, 1) == i + 1, "the call gets lost");
            return wrapper;
        }
        Work.HostCall wrapper = guard.hostFunction("ready", "call", Work.HostCall.class, call);
        Work.check(wrapper.call(wrapper, i, 1) == i + 1, "the call gets lost");
        return wrapper;
    }

    /** Returns the heap in use, once two collections in a row agree. */
    private static long heap() {
        long last = Long.MAX_VALUE;
        while (true) {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (used >= last) {
                return used;
            }
            last = used;
        }
    }

    /** Measures a turn of a loop that has nothing to do. */
    private static double idleStep() throws Exception {
        try (StepDeadline deadline = new StepDeadline(Duration.ofSeconds(10), Duration.ofSeconds(10))) {
            Cell cell = cell(deadline);
            busy(cell, "time.tick", 1000);
            Thread.sleep(5 * IDLE_MILLIS);
            long begin = System.nanoTime();
            long before = allocated();
            Thread.sleep(30 * IDLE_MILLIS);
            double steps = (System.nanoTime() - begin) / 1e6 / IDLE_MILLIS;
            double bytes = (allocated() - before) / steps;
            end(cell);
            return bytes;
        }
    }

    /**
     * Measures a turn of a loop that gets an event. The counter answers a request by a host function, and does not
     * answer a tick.
     */
    private static double busyStep(String kind) throws Exception {
        try (StepDeadline deadline = new StepDeadline(Duration.ofSeconds(10), Duration.ofSeconds(10))) {
            Cell cell = cell(deadline);
            busy(cell, kind, WARM_UP_STEPS); // until the JIT knows what need not be allocated
            long before = allocated();
            busy(cell, kind, STEPS);
            double bytes = (double) (allocated() - before) / STEPS;
            long steps = WARM_UP_STEPS + STEPS;
            Work.check(cell.snapshot().steps() == steps, "not every event is handled: " + cell.snapshot());
            long replies = kind.equals("http.request") ? steps : 0;
            Work.check(cell.snapshot().replies() == replies, "not every request is answered: " + cell.snapshot());
            end(cell);
            return bytes;
        }
    }

    private static Cell cell(StepDeadline deadline) {
        ExtensionCalls calls = new ExtensionCalls() {
            @Override
            public boolean reply(StepEvent request, byte[] body) {
                return true;
            }

            @Override
            public boolean send(StepEvent packet, byte[] payload) {
                return true;
            }

            @Override
            public int chaos() {
                return 0;
            }
        };
        Cell cell = new Cell("measured", "counter", 1024, deadline, ExtensionGuard.ofDefaults(), calls);
        cell.start();
        Work.check(cell.state() == CellState.RUNNING, "the cell does not run: " + cell.snapshot());
        return cell;
    }

    /** Sends one event after the other, so that the queue never fills up. */
    private static void busy(Cell cell, String kind, int events) throws InterruptedException {
        StepEvent event = new StepEvent(kind, new byte[8], 1, null);
        for (int i = 0; i < events; i += 100) {
            CountDownLatch done = new CountDownLatch(100);
            Delivery delivery = new Counted(event, done);
            for (int j = 0; j < 100; j++) {
                cell.offer(delivery);
            }
            Work.check(done.await(10, TimeUnit.SECONDS), "the cell does not step");
        }
    }

    private record Counted(StepEvent event, CountDownLatch left) implements Delivery {

        @Override
        public String extension() {
            return "measured";
        }

        @Override
        public void done() {
            left.countDown();
        }
    }

    private static void end(Cell cell) throws InterruptedException {
        cell.stop();
        cell.join(Duration.ofSeconds(1));
    }

    private static long allocated() {
        Thread loop = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("cell-measured"))
                .findFirst()
                .orElseThrow();
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(loop.getId());
    }
}
