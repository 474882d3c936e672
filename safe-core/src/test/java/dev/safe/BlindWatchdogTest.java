package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Ends the hang of one extension, whatever a thread, a listener or the log does about the hang of another. */
@Timeout(60)
class BlindWatchdogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration HANG = Duration.ofSeconds(3);

    private final CountDownLatch hostileCodeRuns = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> escaped = new AtomicReference<>();
    private ExtensionGuard guard = guard();

    private static ExtensionGuard.Builder builder() {
        return ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(50), OnOverrun.INTERRUPT)));
    }

    private static ExtensionGuard guard() {
        return builder().build();
    }

    @AfterEach
    void endAll() {
        end.countDown();
        guard.close();
    }

    private long overruns(String extension) {
        return guard.snapshot(extension)
                .map(snapshot -> snapshot.phase(Phase.POLL).overruns())
                .orElse(0L);
    }

    /** Runs in each overridden method, on whichever thread calls it. */
    private void beHostile(boolean hanging) {
        hostileCodeRuns.countDown();
        boolean waiting = hanging;
        while (waiting) {
            try {
                end.await();
                waiting = false;
            } catch (InterruptedException ignored) {
                Thread.onSpinWait();
            }
        }
        if (!hanging) {
            throw new IllegalStateException("hostile");
        }
    }

    private void shouldEndAnotherHang(String name) {
        boolean[] interrupted = new boolean[1];
        long start = System.nanoTime();
        guard.callPoll(new TestExtension(name, () -> {
            try {
                assertThat(never.await(HANG.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
            } catch (InterruptedException ofTheBudget) {
                interrupted[0] = true;
            }
            return null;
        }));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(overruns(name)).as("overruns").isOne();
        assertThat(interrupted[0]).as("interrupted").isTrue();
        assertThat(took).isLessThan(Duration.ofSeconds(1));
    }

    private enum Hostility {
        NONE,
        HANGS_IN_GET_STACK_TRACE,
        THROWS_IN_GET_STACK_TRACE,
        HANGS_IN_INTERRUPT,
        THROWS_IN_INTERRUPT,
        HANGS_IN_IS_INTERRUPTED,
        THROWS_IN_IS_INTERRUPTED
    }

    private final class HostileThread extends Thread {

        private final Hostility hostility;

        HostileThread(Hostility hostility, Runnable task) {
            super(task, "hostile");
            this.hostility = hostility;
            setDaemon(true);
        }

        private void maybe(Hostility hanging, Hostility throwing) {
            if (hostility == hanging || hostility == throwing) {
                beHostile(hostility == hanging);
            }
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            maybe(Hostility.HANGS_IN_GET_STACK_TRACE, Hostility.THROWS_IN_GET_STACK_TRACE);
            return super.getStackTrace();
        }

        @Override
        public void interrupt() {
            maybe(Hostility.HANGS_IN_INTERRUPT, Hostility.THROWS_IN_INTERRUPT);
            super.interrupt();
        }

        @Override
        public boolean isInterrupted() {
            maybe(Hostility.HANGS_IN_IS_INTERRUPTED, Hostility.THROWS_IN_IS_INTERRUPTED);
            return super.isInterrupted();
        }
    }

    private HostileThread hangingOn(Hostility hostility) {
        HostileThread thread = new HostileThread(hostility, () -> {
            try {
                guard.callPoll(new TestExtension("a", () -> {
                    end.await();
                    return null;
                }));
            } catch (Throwable thrown) {
                escaped.set(thrown);
            }
        });
        thread.start();
        return thread;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldEndAnotherHangThoughAThreadIsHostile(Hostility hostility) throws Exception {
        HostileThread hostile = hangingOn(hostility);
        assertThat(Eventually.holds(PATIENCE, () -> overruns("a") > 0 || hostileCodeRuns.getCount() == 0))
                .isTrue();
        shouldEndAnotherHang("b");
        shouldEndAnotherHang("c");
        assertThat(Eventually.holds(PATIENCE, () -> overruns("a") == 1))
                .as("the overrun on the hostile thread is counted")
                .isTrue();
        end.countDown();
        hostile.join();
        assertThat(escaped).hasValue(null);
    }

    /** A thread with a method that names a type, for which the JVM asks its class loader. */
    public static final class Incomplete extends Thread {

        public Incomplete(Runnable task) {
            super(task, "incomplete");
            setDaemon(true);
        }

        @SuppressWarnings("unused") // The JVM resolves its parameter when it is asked for the methods of the class.
        void take(Missing missing) {}
    }

    static final class Missing {}

    /** Defines {@link Incomplete} itself, and is hostile when asked for the type that it names. */
    private final class HostileLoader extends ClassLoader {

        private final boolean hanging;

        HostileLoader(boolean hanging) {
            super(BlindWatchdogTest.class.getClassLoader());
            this.hanging = hanging;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Missing.class.getName())) {
                beHostile(hanging);
            }
            if (!name.equals(Incomplete.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = Objects.requireNonNull(file).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndAnotherHangThoughTheClassOfAThreadCannotBeLookedAt(boolean hanging) throws Exception {
        Runnable poll = () -> guard.callPoll(new TestExtension("a", () -> {
            end.await();
            return null;
        }));
        Thread hostile = (Thread) new HostileLoader(hanging)
                .loadClass(Incomplete.class.getName())
                .getDeclaredConstructor(Runnable.class)
                .newInstance(poll);
        hostile.start();
        assertThat(Eventually.holds(PATIENCE, () -> hostileCodeRuns.getCount() == 0))
                .isTrue();
        shouldEndAnotherHang("b");
        shouldEndAnotherHang("c");
        assertThat(hanging || Eventually.holds(PATIENCE, () -> overruns("a") == 1))
                .as("the overrun on the hostile thread is counted")
                .isTrue();
        end.countDown();
        hostile.join();
    }

    @Test
    void shouldInterruptAThreadThatCannotTellItsStackTrace() throws Exception {
        HostileThread hostile = hangingOn(Hostility.THROWS_IN_GET_STACK_TRACE);
        hostile.join(PATIENCE.toMillis());
        assertThat(hostile.isAlive()).as("still hanging").isFalse();
        assertThat(overruns("a")).isOne();
    }

    @Test
    void shouldEndAnotherHangThoughAListenerHangs() {
        guard.addListener(new RecordingListener().on(OverrunReport.class, report -> {
            if (report.extension().equals("a")) {
                beHostile(true);
            }
        }));
        hangingOn(Hostility.NONE);
        assertThat(Eventually.holds(PATIENCE, () -> hostileCodeRuns.getCount() == 0))
                .isTrue();
        shouldEndAnotherHang("b");
        shouldEndAnotherHang("c");
    }

    private void pollUntilInterrupted(String name) {
        guard.callPoll(new TestExtension(name, () -> {
            never.await();
            return null;
        }));
    }

    @Test
    void shouldReportLaterWhatNoThreadWasFreeToReport() {
        RecordingListener recording = new RecordingListener();
        guard = builder()
                .policy(
                        "late",
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .budget(new BudgetPolicy(Duration.ofMillis(50), OnOverrun.INTERRUPT))
                                .quarantine(QuarantinePolicy.builder()
                                        .enabled(true)
                                        .threshold(1)
                                        .build())
                                .build())
                .listener(new RecordingListener().on(OverrunReport.class, report -> beHostile(true)))
                .listener(recording)
                .build();
        for (int i = 0; i < 8; i++) { // As many as there are threads to report on.
            pollUntilInterrupted("early" + i);
        }
        pollUntilInterrupted("late");
        assertThat(overruns("late")).isOne();
        assertThat(guard.state("late")).hasValue(ExtensionState.QUARANTINED);
        assertThat(recording.all(RecordingListener.Entered.class)).isEmpty();

        end.countDown();

        assertThat(Eventually.holds(
                        PATIENCE,
                        () -> recording.all(RecordingListener.Entered.class).size() == 1
                                && recording.all(SilenceReport.class).size() == 1))
                .isTrue();
        assertThat(recording
                        .all(RecordingListener.Entered.class)
                        .get(0)
                        .report()
                        .extension())
                .isEqualTo("late");
        SilenceReport overrun = recording.all(SilenceReport.class).get(0);
        assertThat(overrun.extension()).isEqualTo("late");
        assertThat(overrun.tally()).isEqualTo(Tally.OVERRUNS);
        assertThat(overrun.count()).isOne();
    }

    @Test
    void shouldEndAnotherHangThoughAListenerHangsInACount() {
        guard.addListener(new RecordingListener().on(RecordingListener.Counted.class, count -> {
            if (count.extension().equals("a") && count.tally() == Tally.OVERRUNS) {
                beHostile(true);
            }
        }));
        hangingOn(Hostility.NONE);
        assertThat(Eventually.holds(PATIENCE, () -> hostileCodeRuns.getCount() == 0))
                .isTrue();
        shouldEndAnotherHang("b");
    }

    @Test
    void shouldEndAnotherHangThoughAnAppenderHangs() {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.safe.ExtensionGuard");
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getKeyValuePairs() != null
                        && event.getKeyValuePairs().stream().anyMatch(pair -> "a".equals(pair.value))) {
                    beHostile(true);
                }
            }
        };
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        try {
            hangingOn(Hostility.NONE);
            assertThat(Eventually.holds(PATIENCE, () -> hostileCodeRuns.getCount() == 0))
                    .isTrue();
            // Its reports wait for the appender, which holds a lock.
            shouldEndAnotherHang("b");
        } finally {
            end.countDown();
            logger.detachAppender(appender);
        }
    }

    @Test
    void shouldEndAnotherHangThoughAListenerHangsInASilence() throws Exception {
        ManualTicker ticker = new ManualTicker();
        guard = builder()
                .ticker(ticker)
                .listener(new RecordingListener().on(SilenceReport.class, report -> beHostile(true)))
                .build();
        for (int i = 0; i < 20; i++) {
            guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
        }
        ticker.advance(Duration.ofMinutes(2));
        assertThat(Eventually.holds(PATIENCE, () -> hostileCodeRuns.getCount() == 0))
                .isTrue();
        CountDownLatch hanging = new CountDownLatch(1);
        Thread caller = new Thread(() -> guard.callPoll(new TestExtension("b", () -> {
            hanging.countDown();
            never.await();
            return null;
        })));
        caller.setDaemon(true);
        caller.start();
        hanging.await();
        ticker.advance(Duration.ofSeconds(1));
        caller.join(HANG.toMillis());
        assertThat(overruns("b")).isOne();
        assertThat(caller.isAlive()).as("still hanging").isFalse();
    }

    private static long threadsOfOurs() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("safe-"))
                .count();
    }

    @Test
    @Tag("slow")
    void shouldNotPileUpThreadsBehindAListenerThatHangs() {
        long before = threadsOfOurs();
        guard.addListener(new RecordingListener().on(OverrunReport.class, report -> beHostile(true)));
        TestExtension extension = new TestExtension("a", () -> {
            assertThat(never.await(HANG.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
            return null;
        });
        for (int i = 1; i <= 30; i++) {
            guard.callPoll(extension);
            assertThat(overruns("a")).isEqualTo(i);
        }
        // The eight that report, one that watches and one that interrupts: other tests leave some that end meanwhile.
        assertThat(threadsOfOurs() - before).isLessThanOrEqualTo(10);
    }

    private static void tripAndDrop(int i) throws Exception {
        ExtensionGuard dropped = i % 2 == 0 ? ExtensionGuard.ofDefaults() : guard();
        if (i % 2 == 0) {
            TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
            AtomicInteger calls = extension.calls;
            while (calls.get() < 5) {
                dropped.callPoll(extension);
            }
            assertThat(dropped.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.QUARANTINED);
        } else {
            dropped.callSetup(new TestExtension("a", () -> null), new SetupEnv("echo", Path.of("storage"), Map.of()));
        }
    }

    @Test
    @Tag("slow")
    void shouldLeaveNoThreadOfAGuardThatIsDroppedUnclosed() throws Exception {
        long before = threadsOfOurs();
        for (int i = 0; i < 500; i++) {
            tripAndDrop(i);
        }
        Eventually.holds(Duration.ofSeconds(10), () -> {
            System.gc();
            return threadsOfOurs() - before <= 5;
        });
        assertThat(threadsOfOurs() - before).as("threads of 500 guards").isLessThanOrEqualTo(5);
    }
}
