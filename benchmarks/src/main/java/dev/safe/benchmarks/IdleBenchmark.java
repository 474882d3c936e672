package dev.safe.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.ExtensionSupervisor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Measures how much of a processor extensions take that are supervised and have nothing to do: a thousand, on virtual
 * threads where the JDK has them, and on platform threads. Each sample comes from a process of its own.
 */
final class IdleBenchmark {

    private static final int EXTENSIONS = 1_000;

    private IdleBenchmark() {}

    /** An extension that never has an event, and counts how often it is asked. */
    private record Idle(String name, AtomicLong polls) implements ExtensionCapability {

        @Override
        public dev.safe.StepEvent poll() {
            polls.incrementAndGet();
            return null;
        }
    }

    /** Starts the processes that measure. */
    static void run(boolean quick) throws IOException, InterruptedException {
        List<String> kinds = Runtime.version().feature() >= 21 ? List.of("virtual", "platform") : List.of("platform");
        List<String> pauses = List.of("1", "10", "100");
        Part part = new Part("idle", pauses.size() * kinds.size());
        Figures figures = new Figures();
        for (String pause : pauses) {
            for (String threads : kinds) {
                List<Double> samples = new ArrayList<>();
                for (int turn = 0; turn < (quick ? 1 : 3); turn++) {
                    samples.add(sample(threads, pause, quick ? "1" : "5"));
                }
                figures.add(IdleBenchmark.class, threads, Map.of("ms pause", pause), "%", samples);
                part.step(figures.last(), figures::write);
            }
        }
    }

    private static double sample(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                IdleBenchmark.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Work.check(process.waitFor() == 0, "idle failed: " + output);
        return output.lines()
                .filter(line -> line.startsWith("percent "))
                .mapToDouble(line -> Double.parseDouble(line.substring("percent ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** Measures once, in a process of its own: the kind of threads, the pause in milliseconds, and for how many seconds. */
    public static void main(String[] arguments) throws InterruptedException {
        ThreadFactory threads = arguments[0].equals("virtual")
                ? new VirtualThreadTaskExecutor("idle-").getVirtualThreadFactory()
                : Executors.defaultThreadFactory();
        long seconds = Long.parseLong(arguments[2]);
        AtomicLong polls = new AtomicLong();
        ExtensionSupervisor.Builder builder = ExtensionSupervisor.builder(ExtensionGuard.ofDefaults(), Delivery::done)
                .threads(threads)
                .pause(Duration.ofMillis(Long.parseLong(arguments[1])));
        for (int i = 0; i < EXTENSIONS; i++) {
            builder.extension(new Idle("idle" + i, polls));
        }
        builder.build().start();
        Thread.sleep(seconds * 1_000); // until it is compiled
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long polled = polls.get();
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        Thread.sleep(seconds * 1_000);
        double percent = 100.0 * (system.getProcessCpuTime() - cpu) / (System.nanoTime() - begin);
        Work.check(polls.get() - polled >= EXTENSIONS * seconds, "extensions are not polled");
        System.out.println("percent " + percent);
        System.exit(0);
    }
}
