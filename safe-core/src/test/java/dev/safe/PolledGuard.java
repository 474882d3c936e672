package dev.safe;

import dev.safe.testing.RecordingListener;
import java.time.Duration;
import java.util.List;

/** A guard whose extension {@code a} is polled under a policy, with a clock that a test advances. */
final class PolledGuard {

    static final RuntimeException BOOM = new IllegalStateException("boom");

    private static final LogPolicy SILENT = new LogPolicy(0, Duration.ofDays(1), StackTraceLogging.ALWAYS);

    final ManualTicker ticker = new ManualTicker();
    final ExtensionGuard guard;
    private final RecordingListener listener = new RecordingListener();

    PolledGuard(QuarantinePolicy.Builder quarantine) {
        this(quarantine, SILENT, 0.5);
    }

    PolledGuard(QuarantinePolicy.Builder quarantine, LogPolicy log, double random) {
        guard = ExtensionGuard.builder()
                .ticker(ticker)
                .jitter(() -> random)
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(quarantine.build())
                                .log(log)
                                .build())
                .listener(listener)
                .build();
    }

    static QuarantinePolicy.Builder quarantine() {
        return QuarantinePolicy.builder().enabled(true);
    }

    void poll(ExtensionCapability extension, int times) {
        for (int i = 0; i < times; i++) {
            guard.callPoll(extension);
        }
    }

    PhaseSnapshot phase() {
        return guard.snapshot("a").orElseThrow().phase(Phase.POLL);
    }

    QuarantineState state() {
        return phase().quarantine().state();
    }

    /** Returns what was reported, one line for each report. */
    List<String> reports() {
        return listener.lines(
                PanicReport.class, SilenceReport.class, RecordingListener.Entered.class, RecordingListener.Left.class);
    }
}
