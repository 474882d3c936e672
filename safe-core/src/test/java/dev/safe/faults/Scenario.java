package dev.safe.faults;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.LogPolicy;
import dev.safe.OnOverrun;
import dev.safe.OnPanic;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import dev.safe.QuarantinePolicy;
import dev.safe.StackTraceLogging;
import dev.safe.Supervision;
import dev.safe.Tally;
import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Something that a host and its extensions do, during which foreign code is called.
 *
 * @param name what happens
 * @param policies what the guard is built with
 * @param script what the host does
 */
record Scenario(String name, Consumer<ExtensionGuard.Builder> policies, Consumer<Host> script) {

    /** Two panics are reported, the others are silenced. */
    private static final LogPolicy LOG = new LogPolicy(2, Duration.ofMinutes(1), StackTraceLogging.ALWAYS);

    private static final Duration BACKOFF = Duration.ofSeconds(2);
    private static final QuarantinePolicy TRIPPING = QuarantinePolicy.builder()
            .enabled(true)
            .threshold(2)
            .initialBackoff(BACKOFF)
            .maxBackoff(BACKOFF)
            .build();

    @Override
    public String toString() {
        return name;
    }

    static Stream<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            for (OnPanic onPanic : OnPanic.values()) {
                all.add(panics(phase, onPanic));
            }
            all.add(throwing("a fatal error", phase, () -> new OutOfMemoryError("of the extension")));
            all.add(throwing("a stack overflow", phase, () -> new StackOverflowError("of the extension")));
            all.add(throwing("a checked exception", phase, () -> new IOException("port taken")));
            all.add(throwing("an interrupt", phase, () -> new InterruptedException("of the extension")));
            all.add(throwing("control flow", phase, Host.ControlFlow::new));
        }
        all.addAll(List.of(
                recovered(),
                handle(),
                nested(OnPanic.SUPPRESS),
                nested(OnPanic.THROW),
                closing(),
                quarantine(),
                quarantineUntilReleased(),
                quarantineByHand(),
                hold(),
                overrun(OnOverrun.REPORT),
                overrun(OnOverrun.INTERRUPT),
                overrunsThatTrip(),
                removal(),
                restart(),
                listenerAddedLater()));
        return all.stream();
    }

    private static PhasePolicy.Builder policy(Phase phase) {
        return PhasePolicy.builder(phase).log(LOG).quarantine(QuarantinePolicy.DEFAULT);
    }

    private static void times(int times, Runnable step) {
        for (int i = 0; i < times; i++) {
            step.run();
        }
    }

    private static Scenario panics(Phase phase, OnPanic onPanic) {
        return new Scenario(
                "panics in %s, which are to %s".formatted(phase.tag(), onPanic),
                builder -> builder.policy(phase, policy(phase).onPanic(onPanic).build()),
                host -> {
                    host.panicking();
                    times(4, () -> host.call(phase));
                    host.pass(LOG.interval());
                    host.call(phase);
                    host.healthy();
                    host.call(phase);
                });
    }

    private static Scenario throwing(String what, Phase phase, Supplier<? extends Throwable> failure) {
        return new Scenario(
                "%s in %s".formatted(what, phase.tag()),
                builder -> builder.policy(phase, policy(phase).build()),
                host -> {
                    host.failing(failure);
                    times(3, () -> host.call(phase));
                });
    }

    private static Scenario recovered() {
        return new Scenario(
                "panics that the host caught",
                builder -> builder.policy(Phase.HOST, policy(Phase.HOST).build()),
                host -> {
                    for (int i = 0; i < 3; i++) {
                        host.guard.recoverHost("subject", "function", host.panic());
                        host.expect(Phase.HOST, Tally.PANICS);
                    }
                });
    }

    private static Scenario handle() {
        return new Scenario(
                "panics in a function that native code calls",
                builder -> builder.policy(
                        Phase.HOST, policy(Phase.HOST).onPanic(OnPanic.THROW).build()),
                host -> {
                    host.panicking();
                    times(3, host::callHandle);
                    host.failing(() -> new OutOfMemoryError("of the extension"));
                    host.callHandle();
                });
    }

    private static Scenario nested(OnPanic onPanic) {
        return new Scenario(
                "panics across two guards, which are to " + onPanic,
                builder -> builder.policy(
                        Phase.POLL, policy(Phase.POLL).onPanic(onPanic).build()),
                host -> {
                    host.panicking();
                    times(3, host::callNested);
                });
    }

    private static Scenario closing() {
        return new Scenario(
                "the end of a guard that has silenced panics",
                builder -> builder.policy(Phase.POLL, policy(Phase.POLL).build())
                        .policy(Phase.FINALIZE, policy(Phase.FINALIZE).build()),
                host -> {
                    host.panicking();
                    times(4, () -> host.call(Phase.POLL));
                    times(4, () -> host.call(Phase.FINALIZE));
                    host.guard.close();
                });
    }

    private static Scenario quarantine() {
        return tripping("quarantine, a probe that fails, and one that returns", TRIPPING, host -> {
            trip(host);
            host.pass(BACKOFF.multipliedBy(2));
            host.callUntilAdmitted(Phase.POLL);
            host.assertRejected(Phase.POLL);
            host.healthy();
            host.pass(BACKOFF.multipliedBy(2));
            host.callUntilAdmitted(Phase.POLL);
            host.callUntilAdmitted(Phase.POLL);
        });
    }

    private static Scenario quarantineUntilReleased() {
        return tripping(
                "a quarantine that only a release ends",
                TRIPPING.toBuilder().maxTrips(1).build(),
                host -> {
                    trip(host);
                    host.pass(BACKOFF.multipliedBy(2));
                    host.assertRejected(Phase.POLL);
                    host.guard.release("subject", Phase.POLL);
                    host.healthy();
                    host.call(Phase.POLL);
                });
    }

    private static Scenario tripping(String name, QuarantinePolicy quarantine, Consumer<Host> script) {
        return new Scenario(
                name,
                builder -> builder.policy(
                        Phase.POLL, policy(Phase.POLL).quarantine(quarantine).build()),
                script);
    }

    private static void trip(Host host) {
        host.panicking();
        times(2, () -> host.call(Phase.POLL));
        host.assertRejected(Phase.POLL);
    }

    private static Scenario quarantineByHand() {
        return new Scenario("quarantine and release by hand", builder -> {}, host -> {
            host.guard.quarantine("subject", Phase.POLL, "ticket 4711");
            times(2, () -> host.assertRejected(Phase.POLL));
            host.guard.release("subject", Phase.POLL);
            host.call(Phase.POLL);
        });
    }

    private static Scenario hold() {
        return new Scenario("a quarantine that a policy declares", builder -> {}, host -> {
            host.guard.apply(Policies.builder()
                    .policy(
                            "subject",
                            Phase.POLL,
                            policy(Phase.POLL)
                                    .quarantine(QuarantinePolicy.builder()
                                            .hold("ticket 4711")
                                            .build())
                                    .build())
                    .build());
            host.assertRejected(Phase.POLL);
            host.guard.apply(Policies.builder().build());
            host.call(Phase.POLL);
        });
    }

    private static Scenario overrun(OnOverrun onOverrun) {
        return new Scenario(
                "calls over their budget, which are to " + onOverrun,
                builder -> builder.policy(
                        Phase.POLL,
                        policy(Phase.POLL)
                                .budget(new BudgetPolicy(Duration.ofSeconds(1), onOverrun))
                                .build()),
                host -> {
                    host.lasting(Duration.ofMillis(900));
                    host.call(Phase.POLL);
                    host.pass(Duration.ofDays(1));
                    host.call(Phase.POLL);
                    host.overrunning(Duration.ofMillis(1_100));
                    times(3, () -> host.call(Phase.POLL));
                    host.healthy();
                    host.call(Phase.POLL);
                });
    }

    private static Scenario overrunsThatTrip() {
        return new Scenario(
                "calls over their budget that lead to quarantine",
                builder -> builder.policy(
                        Phase.POLL,
                        policy(Phase.POLL)
                                .budget(new BudgetPolicy(Duration.ofSeconds(1), OnOverrun.INTERRUPT))
                                .quarantine(TRIPPING)
                                .build()),
                host -> {
                    host.overrunning(Duration.ofMillis(1_100));
                    times(2, () -> host.call(Phase.POLL));
                    host.assertRejected(Phase.POLL);
                    host.healthy();
                    host.pass(BACKOFF.multipliedBy(2));
                    host.callUntilAdmitted(Phase.POLL);
                });
    }

    private static Scenario removal() {
        return new Scenario(
                "removal",
                builder -> builder.policy(
                        Phase.POLL, policy(Phase.POLL).quarantine(TRIPPING).build()),
                host -> {
                    host.panicking();
                    host.call(Phase.POLL);
                    host.removeAndMeetAgain();
                    times(2, () -> host.call(Phase.POLL));
                    host.assertRejected(Phase.POLL);
                    host.assertListenersKnowTheSubject();
                });
    }

    private static Scenario restart() {
        return tripping("restart by a supervisor", TRIPPING, host -> {
            try (Supervision claim = host.guard.supervise("subject")) {
                trip(host);
                claim.restarting();
                claim.restarted("ticket 4711");
                host.healthy();
                host.call(Phase.SETUP);
                host.call(Phase.POLL);
                claim.failed();
                host.assertRestarts(claim, 1);
            }
        });
    }

    private static Scenario listenerAddedLater() {
        return new Scenario("a listener that is added later", builder -> {}, host -> {
            host.guard.quarantine("subject", Phase.POLL, "ticket 4711");
            RecordingListener later = new RecordingListener();
            host.guard.addListener(later);
            host.assertRejected(Phase.POLL);
            host.guard.removeListener(later);
            host.guard.release("subject", Phase.POLL);
        });
    }
}
