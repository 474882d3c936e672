package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.OnPanic;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import dev.safe.StepEvent;
import dev.safe.supervisor.Incarnation.Stage;
import dev.safe.testing.EndOfStack;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One life of an extension, on the test's own thread unless it has to wait. */
@Timeout(60)
class IncarnationTest extends SteppedTest {

    private static final StepEvent EVENT = new StepEvent("scripted", new byte[0], 7, null);

    private static final String WAITS = "extension waits: a: 4 events are not done, so it is not polled";

    private final Scripted scripted = scripted("a");
    private final SupervisedExtension owner = supervised("a", Source.of(guard.guarded(scripted)));

    /** Begins a life that is told to stop in its last poll. */
    private Incarnation lifeOf(int polls) {
        Incarnation life = begin(started(owner));
        scripted.onPoll(() -> {
            if (scripted.polls.get() == polls) {
                life.tell(time.get());
            }
            return null;
        });
        return life;
    }

    /** Begins a life that is told to stop in its first poll, which returns an event. */
    private Incarnation lifeWithAnEvent() {
        Incarnation life = begin(started(owner));
        scripted.onPoll(() -> {
            life.tell(time.get());
            return EVENT;
        });
        return life;
    }

    private static Thread start(Runnable life) {
        Thread thread = new Thread(life);
        thread.start();
        return thread;
    }

    private void endsOnceItsEventsAreDone(Incarnation life, Thread running) {
        life.tell(time.get());
        eventually(() -> {
            delivered.forEach(Delivery::done);
            return !running.isAlive();
        });
    }

    private static void eventuallyWaits(Thread thread) {
        eventually(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void shouldGoFromSetupToTeardown() {
        Incarnation life = lifeOf(3);
        assertThat(life.isInside()).isTrue();
        assertThat(life.isInCall()).isTrue();
        life.run();
        assertThat(log).containsExactly("set up a", "torn down a");
        assertThat(scripted.polls).hasValue(3);
        assertThat(life.stage).isEqualTo(Stage.ENDED);
        assertThat(life.isTold()).isTrue();
        assertThat(life.toldAt).isEqualTo(time.get());
        assertThat(life.isInside()).isFalse();
        assertThat(life.isInCall()).isFalse();
        assertThat(life.isTornDown()).isTrue();
        assertThat(owner.isDown()).isTrue();
    }

    @Test
    void shouldNotBeInterruptedOnceItIsOver() {
        Incarnation life = lifeOf(1);
        life.run();
        assertThat(life.runsOn(Thread.currentThread())).isTrue();
        life.interrupt();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void shouldBeInterruptedWhereItHangsInPoll() {
        Incarnation life = begin(started(owner));
        scripted.onPoll(() -> {
            new CountDownLatch(1).await();
            return null;
        });
        Thread running = start(life);
        eventually(() -> scripted.polls.get() == 1);
        owner.close();
        assertThat(step(owner)).isEqualTo(2 * SECOND);
        pass(4 * SECOND);
        assertThat(step(owner)).isEqualTo(2 * SECOND);
        runLater();
        eventually(() -> !running.isAlive());
        assertThat(log).containsExactly("set up a", "torn down a");
    }

    @Test
    void shouldForgetAnInterruptThatTheExtensionLeaves() {
        lifeOf(1);
        scripted.onTeardown(() -> {
            Thread.currentThread().interrupt();
            return null;
        });
        newest().run();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void shouldSayWhatTheGuardLetsThroughAndGoOn() {
        guard.apply(Policies.builder()
                .policy(Phase.POLL, throwing(Phase.POLL))
                .policy(Phase.FINALIZE, throwing(Phase.FINALIZE))
                .policy(Phase.TEARDOWN, throwing(Phase.TEARDOWN))
                .build());
        Incarnation life = begin(started(owner));
        scripted.onPoll(() -> {
                    if (scripted.polls.get() == 1) {
                        throw new IllegalStateException("in poll");
                    }
                    life.tell(time.get());
                    return EVENT;
                })
                .onFinalize(id -> {
                    throw new IllegalStateException("in finalize of " + id);
                })
                .onTeardown(() -> {
                    throw new IllegalStateException("in teardown");
                });
        Thread running = start(life);
        eventually(() -> delivered.size() == 1);
        delivered.element().done();
        eventually(() -> !running.isAlive());
        assertThat(scripted.polls).hasValue(2);
        assertThat(captured.messages())
                .containsExactly(
                        "poll of a threw what the guard lets through",
                        "finalize of a threw what the guard lets through",
                        "teardown of a threw what the guard lets through");
        assertThat(captured.list)
                .allSatisfy(event ->
                        assertThat(event.getThrowableProxy().getMessage()).contains("in "));
    }

    private static PhasePolicy throwing(Phase phase) {
        return PhasePolicy.builder(phase).onPanic(OnPanic.THROW).build();
    }

    @Test
    void shouldFinalizeOpenEventsOnceHalfOfTheTimeIsOver() {
        Thread running = start(lifeWithAnEvent());
        eventuallyWaits(running);
        assertThat(delivered).hasSize(1);
        assertThat(scripted.finalized).isEmpty();
        pass(4 * SECOND);
        monitor.signal();
        eventually(() -> !running.isAlive());
        assertThat(scripted.finalized).containsExactly(7L);
        assertThat(log).endsWith("torn down a");
    }

    @Test
    void shouldGoOnOnceTheLastOpenEventIsDone() {
        Thread running = start(lifeWithAnEvent());
        eventuallyWaits(running);
        long before = monitor.look(() -> {});
        delivered.element().done();
        assertThat(monitor.look(() -> {})).isGreaterThan(before);
        eventually(() -> !running.isAlive());
        assertThat(scripted.finalized).containsExactly(7L);
    }

    @Test
    void shouldTearDownOnlyOnceACellHasFinalizedItsEvent() {
        scripted.onFinalize(id -> {
            log.add("finalizing");
            hang();
            log.add("finalized");
        });
        Thread running = start(lifeWithAnEvent());
        eventually(() -> delivered.size() == 1);
        Thread cell = start(delivered.element()::done);
        eventually(() -> log.contains("finalizing"));
        eventuallyWaits(running);
        end.countDown();
        eventually(() -> !cell.isAlive() && !running.isAlive());
        assertThat(log).containsExactly("set up a", "finalizing", "finalized", "torn down a");
    }

    /** Each slot is needed again and again. */
    @Test
    void shouldFreeTheSlotOfAnEventThatACellIsDoneWithWhereTheStackEnds() {
        Incarnation life = begin(started(owner));
        scripted.onPoll(() -> EVENT);
        Thread running = start(life);
        for (int turn = 0; turn < 20 * SLOTS; turn++) {
            eventually(() -> !delivered.isEmpty());
            EndOfStack.visit(delivered.remove()::done);
        }
        endsOnceItsEventsAreDone(life, running);
    }

    @Test
    void shouldSayThatItDoesNotPollSinceItsEventsAreNotDone() {
        Incarnation life = begin(started(owner));
        scripted.onPoll(() -> EVENT);
        Thread running = start(life);
        eventually(() -> delivered.size() == SLOTS);
        eventually(() -> {
            pass(SECOND);
            return captured.messages().contains(WAITS);
        });
        endsOnceItsEventsAreDone(life, running);
    }

    @Test
    void shouldSayEachMinuteThatItWaits() {
        Incarnation life = begin(started(owner));
        life.lookHowLongItWaits(1);
        for (int minute = 1; minute <= 2; minute++) {
            pass(59 * SECOND);
            life.lookHowLongItWaits(1);
            assertThat(Collections.frequency(captured.messages(), WAITS)).isEqualTo(minute - 1);
            pass(SECOND);
            life.lookHowLongItWaits(1);
            assertThat(Collections.frequency(captured.messages(), WAITS)).isEqualTo(minute);
        }
        pass(59 * SECOND);
        life.lookHowLongItWaits(2); // There has been an event meanwhile.
        pass(59 * SECOND);
        life.lookHowLongItWaits(2);
        assertThat(Collections.frequency(captured.messages(), WAITS)).isEqualTo(2);
    }

    @Test
    void shouldWaitForItsDependentsUntilThreeQuartersOfTheTimeAreOver() {
        SupervisedExtension dependent = supervised("b", Source.of(guard.guarded(scripted("b"))));
        owner.connect(List.of(), List.of(dependent));
        begin(started(dependent));
        Thread running = start(lifeOf(1));
        eventuallyWaits(running);
        assertThat(log).containsExactly("set up a");
        pass(6 * SECOND);
        monitor.signal();
        eventually(() -> !running.isAlive());
        assertThat(log).containsExactly("set up a", "torn down a");
    }

    @Test
    void shouldNotBeTornDownFromAnotherThreadWhereItHangsInTeardown() {
        scripted.onTeardown(this::hang);
        Incarnation life = lifeOf(1);
        Thread running = start(life);
        eventually(() -> log.contains("torn down a"));
        pass(6 * SECOND);
        assertThat(step(owner)).isEqualTo(2 * SECOND);
        assertThat(life.rescued).isFalse();
        assertThat(life.interrupted).isFalse();
        end.countDown();
        eventually(() -> !running.isAlive());
        assertThat(log).containsExactly("set up a", "torn down a");
    }

    @Test
    void shouldEndWhereItsInstanceIsNotToBeHad() {
        SupervisedExtension broken = supervised("b", new Source() {
            @Override
            public ExtensionCapability next() {
                throw new OutOfMemoryError("no instance");
            }

            @Override
            public boolean makesAnew() {
                return true;
            }
        });
        Incarnation life = begin(started(broken));
        life.run();
        assertThat(life.isTold()).isTrue();
        assertThat(life.toldAt).isEqualTo(time.get());
        assertThat(broken.isDown()).isTrue();
        assertThat(captured.messages()).containsExactly("extension loop broke off: b");
        assertThat(captured.list.get(0).getThrowableProxy().getMessage()).isEqualTo("no instance");
        assertThat(step(broken)).isEqualTo(SECOND);
    }
}
