package dev.safe.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.faults.Faults.Fault;
import dev.safe.internal.concurrent.DaemonThread;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.MockedStatic;
import org.mockito.Mockito;

/**
 * Runs each {@linkplain Scenario scenario} once to see how often it calls foreign code, and at which {@linkplain Place places}.
 * Then runs it again for each of those calls and each kind of failure, and makes that call fail that way.
 *
 * <p>All runs are on one thread, the watchdog's part included, so that a run calls the same code in the same order as the one
 * before it.
 */
@Tag("slow")
@Timeout(60)
class FaultWalkTest {

    /** The walk is on a thread that foreign code interrupts. */
    private static final class Walker extends Thread {

        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Faults faults = new Faults(this, null);

        Walker(Runnable walk) {
            super(walk);
            setUncaughtExceptionHandler((walker, thrown) -> failure.set(thrown));
        }

        @Override
        public void interrupt() {
            faults.at(Place.INTERRUPT);
            super.interrupt();
        }
    }

    /** A thread of ours that may fail to start. An interrupter does its task at once, the watchdog never. */
    private static Thread thread(String name, Runnable task) {
        Faults faults = ((Walker) Thread.currentThread()).faults;
        faults.at(Place.THREAD_CREATION);
        return new Thread(task, name) {
            @Override
            public synchronized void start() {
                faults.at(Place.THREAD_START);
                if (name.equals("safe-interrupter")) {
                    run();
                }
            }
        };
    }

    @ParameterizedTest
    @MethodSource("dev.safe.faults.Scenario#all")
    void shouldKeepItsPromisesWhicheverForeignCallFails(Scenario scenario) throws Exception {
        List<String> broken = new ArrayList<>();
        onWalker(() -> run(scenario, null).calls().forEach((place, calls) -> {
            for (int call = 1; call <= calls; call++) {
                for (Supplier<Throwable> failure : Faults.FAILURES) {
                    Fault fault = new Fault(place, call, failure.get());
                    try {
                        assertThat(run(scenario, fault).hasFailed()).isTrue();
                    } catch (Throwable wrong) {
                        broken.add(fault + ": " + wrong);
                    }
                }
            }
        }));
        assertThat(broken).isEmpty();
    }

    /** What is overridden by a throwable that overrides anything is not asked: the log gets a copy, which is. */
    @Test
    void shouldReachEachPlaceButTheTwoThatOnlyALogWouldAsk() throws Exception {
        Set<Place> reached = EnumSet.noneOf(Place.class);
        onWalker(() -> Scenario.all()
                .forEach(scenario -> reached.addAll(run(scenario, null).calls().keySet())));
        assertThat(EnumSet.complementOf(EnumSet.copyOf(reached)))
                .containsExactlyInAnyOrder(Place.TO_STRING, Place.GET_LOCALIZED_MESSAGE);
    }

    private static void onWalker(Runnable walk) throws InterruptedException {
        Walker walker = new Walker(() -> {
            try (MockedStatic<DaemonThread> threads =
                    Mockito.mockStatic(DaemonThread.class, call -> thread(call.getArgument(0), call.getArgument(1)))) {
                walk.run();
            }
        });
        walker.start();
        walker.join();
        assertThat(walker.failure.get()).isNull();
    }

    private static Faults run(Scenario scenario, @Nullable Fault fault) {
        Walker walker = (Walker) Thread.currentThread();
        Faults faults = new Faults(walker, fault);
        walker.faults = faults;
        boolean unused = Thread.interrupted();
        try (Host host = new Host(faults, scenario.policies())) {
            scenario.script().accept(host);
            host.assertWhole();
        }
        return faults;
    }
}
