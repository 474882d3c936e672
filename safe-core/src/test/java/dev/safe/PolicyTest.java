package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Quarantine and throttled reports, on time that a test makes pass. */
class PolicyTest {

    private static final RuntimeException BOOM = new IllegalStateException("boom");

    private final ManualTicker ticker = new ManualTicker();
    private final List<String> told = new ArrayList<>();

    private ExtensionGuard guard(QuarantinePolicy quarantine, LogPolicy log) {
        return ExtensionGuard.builder()
                .ticker(ticker)
                .jitter(() -> 0.5)
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(quarantine)
                                .log(log)
                                .build())
                .listener(new GuardListener() {
                    @Override
                    public void onPanic(PanicReport report, Throwable cause) {
                        told.add("panic");
                    }

                    @Override
                    public void onSilence(SilenceReport report) {
                        told.add(report.count() + " more");
                    }

                    @Override
                    public void onQuarantined(QuarantineReport report) {
                        told.add(report.state() + ": " + report.reason());
                    }

                    @Override
                    public void onReleased(QuarantineReport report) {
                        told.add("released: " + report.reason());
                    }
                })
                .build();
    }

    private static QuarantinePolicy.Builder quarantine() {
        return QuarantinePolicy.builder().enabled(true);
    }

    private static final LogPolicy SILENT = new LogPolicy(0, Duration.ofDays(1), StackTraceLogging.ALWAYS);

    private static QuarantineState state(ExtensionGuard guard) {
        return guard.snapshot("a").orElseThrow().phase(Phase.POLL).quarantine().state();
    }

    private static void poll(ExtensionGuard guard, ExtensionCapability extension, int times) {
        for (int i = 0; i < times; i++) {
            guard.callPoll(extension);
        }
    }

    @Test
    void shouldTripAtTheThresholdAndNotBefore() {
        ExtensionGuard guard = guard(quarantine().threshold(3).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 2);
        ticker.advance(Duration.ofSeconds(10).plusNanos(1)); // The first two are out of the window.
        poll(guard, extension, 2);
        assertThat(state(guard)).isEqualTo(QuarantineState.CLEAR);
        poll(guard, extension, 1);
        assertThat(state(guard)).isEqualTo(QuarantineState.QUARANTINED);
        poll(guard, extension, 10);
        assertThat(extension.calls).hasValue(5);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).rejected())
                .isEqualTo(10);
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.QUARANTINED);
    }

    @Test
    void shouldNotForgetPanicsForTheSakeOfEmptyPolls() {
        ExtensionGuard guard = guard(quarantine().threshold(3).build(), SILENT);
        AtomicInteger calls = new AtomicInteger();
        TestExtension extension = new TestExtension("a", () -> {
            if (calls.incrementAndGet() % 10 == 0) {
                throw BOOM;
            }
            return null;
        });
        poll(guard, extension, 30);
        assertThat(state(guard)).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldProbeAfterTheBackoffAndComeBack() {
        ExtensionGuard guard = guard(quarantine().threshold(1).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 1);
        extension.behave(() -> null);
        ticker.advance(Duration.ofSeconds(1).minusNanos(1));
        poll(guard, extension, 1);
        assertThat(extension.calls).hasValue(1);
        ticker.advance(Duration.ofNanos(1));
        poll(guard, extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThat(state(guard)).isEqualTo(QuarantineState.CLEAR);
        assertThat(told)
                .containsExactly(
                        "panic",
                        "QUARANTINED: 1 panics within 10s, last java.lang.IllegalStateException: boom",
                        "released: the probe returned");
    }

    @Test
    void shouldBackOffLongerEachTimeAndStartOverOnceItHasBeenWell() {
        ExtensionGuard guard = guard(
                quarantine().threshold(1).maxBackoff(Duration.ofSeconds(3)).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 1);
        for (Duration backoff : List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3))) {
            int calls = extension.calls.get();
            ticker.advance(backoff.minusNanos(1));
            poll(guard, extension, 1);
            assertThat(extension.calls).hasValue(calls);
            ticker.advance(Duration.ofNanos(1));
            poll(guard, extension, 1);
            assertThat(extension.calls).as("after " + backoff).hasValue(calls + 1);
        }
        extension.behave(() -> null);
        ticker.advance(Duration.ofSeconds(3));
        poll(guard, extension, 1);
        ticker.advance(Duration.ofSeconds(3)); // Well for as long as the last backoff.
        extension.behave(() -> {
            throw BOOM;
        });
        poll(guard, extension, 1);
        extension.behave(() -> null);
        ticker.advance(Duration.ofSeconds(1));
        poll(guard, extension, 1);
        assertThat(state(guard)).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldSpreadTheBackoffByTheJitter() {
        for (double random : new double[] {0, 1}) {
            ExtensionGuard guard = ExtensionGuard.builder()
                    .ticker(ticker)
                    .jitter(() -> random)
                    .policy(
                            Phase.POLL,
                            PhasePolicy.builder(Phase.POLL)
                                    .quarantine(quarantine().threshold(1).build())
                                    .build())
                    .build();
            TestExtension extension = TestExtension.throwing("a", BOOM);
            poll(guard, extension, 1);
            ticker.advance(Duration.ofMillis(random == 0 ? 800 : 1_200).minusNanos(1));
            poll(guard, extension, 1);
            assertThat(extension.calls).hasValue(1);
            ticker.advance(Duration.ofNanos(1));
            poll(guard, extension, 1);
            assertThat(extension.calls).hasValue(2);
        }
    }

    @Test
    void shouldSaturateRatherThanOverflow() {
        ExtensionGuard guard = guard(
                quarantine()
                        .threshold(1)
                        .initialBackoff(Duration.ofDays(365_000))
                        .maxBackoff(Duration.ofDays(365_000_000))
                        .multiplier(1e300)
                        .build(),
                SILENT);
        poll(guard, TestExtension.throwing("a", BOOM), 3);
        assertThat(state(guard)).isEqualTo(QuarantineState.QUARANTINED);
        ticker.advance(Duration.ofDays(100));
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).rejected())
                .isEqualTo(2);
    }

    @Test
    void shouldStayDisabledAfterTooManyTripsUntilReleased() {
        ExtensionGuard guard = guard(quarantine().threshold(1).maxTrips(2).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 1);
        ticker.advance(Duration.ofSeconds(1));
        poll(guard, extension, 1);
        assertThat(state(guard)).isEqualTo(QuarantineState.DISABLED);
        ticker.advance(Duration.ofDays(1));
        poll(guard, extension, 1);
        assertThat(extension.calls).hasValue(2);
        guard.release("a", Phase.POLL);
        poll(guard, extension, 1);
        assertThat(extension.calls).hasValue(3);
        assertThat(state(guard)).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldBeImposedAndReleasedByHand() {
        ExtensionGuard guard = guard(QuarantinePolicy.DEFAULT, SILENT);
        TestExtension extension = new TestExtension("a", () -> null);
        guard.callPoll(extension);
        guard.quarantine("a", Phase.POLL, "ticket\n4711");
        ticker.advance(Duration.ofDays(1));
        poll(guard, extension, 3);
        assertThat(extension.calls).hasValue(1);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).quarantine())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 0, null, "ticket\\n4711"));
        guard.release("a", Phase.POLL);
        poll(guard, extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThatThrownBy(() -> guard.quarantine("a", Phase.SETUP, "no"))
                .hasMessage("phase 'setup' is never rejected: quarantine poll, finalize or host");
    }

    @Test
    void shouldGiveARejectedHostFunctionItsFallback() {
        ExtensionGuard guard = guard(QuarantinePolicy.DEFAULT, SILENT);
        AtomicInteger calls = new AtomicInteger();
        java.util.function.IntSupplier plain =
                guard.hostFunction("a", "f", java.util.function.IntSupplier.class, calls::incrementAndGet);
        java.util.function.IntSupplier sentinel =
                guard.hostFunction("a", "f", java.util.function.IntSupplier.class, calls::incrementAndGet, -1);
        guard.quarantine("a", Phase.HOST, "why");
        assertThat(plain.getAsInt()).isZero();
        assertThat(sentinel.getAsInt()).isEqualTo(-1);
        assertThat(calls).hasValue(0);
    }

    @Test
    void shouldProbeOnceWhenGuardsAreNestedAndNotUndoWhatTheInnerSaw() {
        ExtensionGuard guard = guard(quarantine().threshold(1).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        ExtensionCapability guarded = guard.guarded(extension);
        guard.callPoll(guarded);
        ticker.advance(Duration.ofSeconds(1));
        guard.callPoll(guarded); // The outer guard's probe returns null, the inner one's panicked.
        assertThat(extension.calls).hasValue(2);
        assertThat(state(guard)).isEqualTo(QuarantineState.QUARANTINED);
        extension.behave(() -> null);
        ticker.advance(Duration.ofSeconds(2));
        guard.callPoll(guarded);
        assertThat(extension.calls).hasValue(3);
        assertThat(state(guard)).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldLetASingleProbeThroughHoweverManyThreadsCall() throws Exception {
        ExtensionGuard guard = guard(quarantine().threshold(1).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        guard.callPoll(extension);
        int threads = 8;
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 200; round++) {
                ticker.advance(Duration.ofMinutes(5));
                int calls = extension.calls.get();
                CyclicBarrier barrier = new CyclicBarrier(threads);
                List<Future<?>> results = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    results.add(callers.submit(() -> {
                        barrier.await();
                        return guard.callPoll(extension);
                    }));
                }
                for (Future<?> result : results) {
                    result.get(10, TimeUnit.SECONDS);
                }
                assertThat(extension.calls).hasValue(calls + 1);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void shouldNotBeWedgedByAProbeThatHangs() throws Exception {
        ExtensionGuard guard = guard(quarantine().threshold(1).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        guard.callPoll(extension);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        extension.behave(() -> {
            hanging.countDown();
            end.await();
            return null;
        });
        ticker.advance(Duration.ofSeconds(1));
        Thread probe = new Thread(() -> guard.callPoll(extension));
        probe.start();
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(state(guard)).isEqualTo(QuarantineState.PROBING);
        ticker.advance(Duration.ofSeconds(1));
        guard.callPoll(extension);
        assertThat(guard.snapshot("a")
                        .orElseThrow()
                        .phase(Phase.POLL)
                        .quarantine()
                        .reason())
                .isEqualTo("the probe did not return");
        extension.behave(() -> null);
        ticker.advance(Duration.ofSeconds(2));
        guard.callPoll(extension);
        assertThat(state(guard)).isEqualTo(QuarantineState.CLEAR);
        guard.quarantine("a", Phase.POLL, "by hand");
        end.countDown();
        probe.join(10_000);
        assertThat(state(guard))
                .isEqualTo(QuarantineState.QUARANTINED); // The late return of the lost probe is nobody's.
    }

    @Test
    void shouldReportABurstThenNothingThenHowManyMore() {
        ExtensionGuard guard =
                guard(QuarantinePolicy.DEFAULT, new LogPolicy(2, Duration.ofMinutes(1), StackTraceLogging.ALWAYS));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 1_000);
        assertThat(told).containsExactly("panic", "panic");
        ticker.advance(Duration.ofMinutes(1));
        guard.look();
        guard.look();
        assertThat(told).containsExactly("panic", "panic", "998 more");
        poll(guard, extension, 3);
        assertThat(told).containsExactly("panic", "panic", "998 more", "panic", "panic");
        guard.close();
        assertThat(told).endsWith("1 more");
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(1_003);
    }

    @Test
    void shouldAccountForEachPanicOfEveryThread() throws Exception {
        int threads = 4;
        int panics = 50_000;
        AtomicInteger reported = new AtomicInteger();
        AtomicLong silenced = new AtomicLong();
        ExtensionGuard guard = ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(quarantine().enabled(false).build())
                                .log(new LogPolicy(
                                        2, Duration.ofMillis(1), StackTraceLogging.ALWAYS)) // Over and over again.
                                .build())
                .listener(new GuardListener() {
                    @Override
                    public void onPanic(PanicReport report, Throwable cause) {
                        reported.incrementAndGet();
                    }

                    @Override
                    public void onSilence(SilenceReport report) {
                        silenced.addAndGet(report.count());
                    }
                })
                .build();
        TestExtension extension = TestExtension.throwing("a", BOOM);
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier barrier = new CyclicBarrier(threads);
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(callers.submit(() -> {
                    barrier.await();
                    poll(guard, extension, panics);
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get(60, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdownNow();
        }
        guard.close();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(threads * panics);
        assertThat(reported.get() + silenced.get()).isEqualTo(threads * panics);
        assertThat(silenced).hasPositiveValue();
    }

    @Test
    void shouldApplyNewPoliciesWithoutForgetting() {
        ExtensionGuard guard = guard(quarantine().threshold(2).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 2);
        guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build())
                .build());
        assertThat(state(guard)).isEqualTo(QuarantineState.QUARANTINED);
        ticker.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> guard.callPoll(extension)).isInstanceOf(ExtensionPanicException.class);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(3);
    }

    @Test
    void shouldForgetARemovedExtension() {
        ExtensionGuard guard = guard(quarantine().threshold(1).build(), SILENT);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        poll(guard, extension, 1);
        guard.remove("a");
        assertThat(guard.snapshots()).isEmpty();
        poll(guard, extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isOne();
    }
}
