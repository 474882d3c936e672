package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts what is rethrown as the same instance, fatal and returned errors, once for each time it is thrown. */
@Timeout(60)
class CountedOnceTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    /** A JVM keeps such an error ready, and throws the same one again and again. */
    private final OutOfMemoryError always = new OutOfMemoryError("not really");

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();

    private PhaseSnapshot counts(String extension, Phase phase) {
        return guard.snapshot(extension).orElseThrow().phase(phase);
    }

    private long panics() {
        return counts("a", Phase.POLL).panics();
    }

    private void poll(ExtensionCapability extension) {
        assertThat(catchThrowable(() -> guard.callPoll(extension))).isSameAs(always);
    }

    private ExtensionCapability failing(String name) {
        return guard.guarded(TestExtension.throwing(name, always));
    }

    private static void inParallel(List<? extends Runnable> tasks) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        tasks.forEach(task -> threads.add(new Thread(task)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void shouldCountEachReportOfAFatalErrorThatAWrapperThrewBefore() {
        Runnable function = guard.hostFunction("a", "f", Runnable.class, () -> {
            throw always;
        });
        assertThat(catchThrowable(function::run)).isSameAs(always);
        for (int i = 0; i < 100; i++) {
            guard.recoverHost("a", "f", always);
        }
        assertThat(counts("a", Phase.HOST).panics()).isEqualTo(101);
    }

    @Test
    void shouldCountTheFatalErrorOfEachOfTwoThreadsThatNestAtOnce() throws Exception {
        CyclicBarrier thrown = new CyclicBarrier(2);
        ExtensionCapability inner = failing("a");
        Runnable nest = () -> poll(new TestExtension("a", () -> {
            try {
                return inner.poll();
            } finally {
                await(thrown); // Waits until both threads have thrown.
            }
        }));
        inParallel(List.of(nest, nest));
        assertThat(panics()).isEqualTo(2);
    }

    @Test
    void shouldCountTheErrorOfEachOfTwoInstancesThatAreSetUpAtOnce() throws Exception {
        CyclicBarrier thrown = new CyclicBarrier(2);
        Runnable nest = () -> {
            IOException error = new IOException("port taken");
            ExtensionCapability inner = guard.guarded(TestExtension.throwing("a", error));
            TestExtension outer = new TestExtension("a", () -> {
                try {
                    inner.setup(ENV);
                    return null;
                } finally {
                    await(thrown);
                }
            });
            assertThat(catchThrowable(() -> guard.callSetup(outer, ENV))).isSameAs(error);
        };
        inParallel(List.of(nest, nest));
        assertThat(counts("a", Phase.SETUP).errors()).isEqualTo(2);
    }

    @Test
    void shouldCountOnceThoughACleanUpCrossesTheSameBoundaryOnTheWayOut() {
        ExtensionCapability inner = failing("a");
        ExtensionCapability healthy = guard.guarded(new TestExtension("a", () -> null));
        TestExtension outer = new TestExtension("a", () -> {
            try {
                return inner.poll();
            } finally {
                healthy.poll();
            }
        });
        for (int times = 1; times <= 3; times++) {
            poll(outer);
            assertThat(panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountAnErrorOnceThoughACleanUpCrossesTheSameBoundaryOnTheWayOut() {
        IOException error = new IOException("port taken");
        ExtensionCapability inner = guard.guarded(TestExtension.throwing("a", error));
        ExtensionCapability healthy = guard.guarded(new TestExtension("a", () -> null));
        TestExtension outer = new TestExtension("a", () -> {
            try {
                inner.setup(ENV);
                return null;
            } finally {
                healthy.setup(ENV);
            }
        });
        assertThat(catchThrowable(() -> guard.callSetup(outer, ENV))).isSameAs(error);
        assertThat(counts("a", Phase.SETUP).errors()).isOne();
    }

    @Test
    void shouldCountOnceThoughACleanUpHasAFatalErrorOfItsOwn() {
        ExtensionCapability inner = failing("a");
        OutOfMemoryError another = new OutOfMemoryError("of the clean-up");
        ExtensionCapability cleanUp = guard.guarded(TestExtension.throwing("a", another));
        poll(new TestExtension("a", () -> {
            try {
                return inner.poll();
            } finally {
                assertThat(catchThrowable(cleanUp::poll)).isSameAs(another);
            }
        }));
        assertThat(panics()).isEqualTo(2);
    }

    @Test
    void shouldCountAFatalErrorThatAnInnerCallThrewOnAnotherThread() {
        ExtensionCapability inner = failing("a");
        poll(new TestExtension("a", () -> {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            inParallel(List.of(() -> thrown.set(catchThrowable(inner::poll))));
            throw (OutOfMemoryError) thrown.get();
        }));
        assertThat(panics()).isEqualTo(2);
    }

    @Test
    void shouldCountOnceForEachExtensionOfANest() {
        ExtensionCapability inner = failing("a");
        ExtensionCapability between = guard.guarded(new TestExtension("b", inner::poll));
        for (int times = 1; times <= 3; times++) {
            poll(new TestExtension("a", between::poll));
            assertThat(panics()).isEqualTo(times);
            assertThat(counts("b", Phase.POLL).panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountOnceForEachOfTwoGuardsThatAreNested() {
        ExtensionGuard other = ExtensionGuard.ofDefaults();
        ExtensionCapability inner = failing("a");
        for (int times = 1; times <= 3; times++) {
            assertThat(catchThrowable(() -> other.callPoll(new ForwardingExtension(inner))))
                    .isSameAs(always);
            assertThat(panics()).isEqualTo(times);
            assertThat(other.snapshot("a").orElseThrow().phase(Phase.POLL).panics())
                    .isEqualTo(times);
        }
    }

    private static void throwAlways(Runnable function) {
        function.run();
    }

    @Test
    void shouldCountOnceWhatAGuardedHandleContains() throws Throwable {
        boolean[] nested = {true};
        Runnable function = guard.hostFunction("a", "inner", Runnable.class, () -> {
            throw always;
        });
        MethodHandle body = MethodHandles.lookup()
                .findStatic(CountedOnceTest.class, "throwAlways", MethodType.methodType(void.class, Runnable.class))
                .bindTo((Runnable) () -> {
                    if (nested[0]) {
                        function.run();
                    }
                    throw always;
                });
        MethodHandle handle = guard.hostFunction("a", "outer", body);
        for (int times = 1; times <= 3; times++) {
            handle.invokeExact();
            assertThat(counts("a", Phase.HOST).panics()).isEqualTo(times);
        }
        nested[0] = false;
        for (int times = 4; times <= 6; times++) {
            handle.invokeExact();
            assertThat(counts("a", Phase.HOST).panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountEachReportOfWhatAGuardedCallInsideACallThrew() {
        Runnable function = guard.hostFunction("a", "f", Runnable.class, () -> {
            throw always;
        });
        guard.callPoll(new TestExtension("a", () -> {
            assertThat(catchThrowable(function::run)).isSameAs(always);
            for (int i = 0; i < 10; i++) {
                guard.recoverHost("a", "g", always);
            }
            return null;
        }));
        assertThat(counts("a", Phase.HOST).panics()).isEqualTo(11);
        assertThat(panics()).isZero();
    }

    /** A cleanup between two guards may take its time. Meanwhile many other throwables are on their way out. */
    @Test
    void shouldCountOnceHoweverManyPanicsOfOthersAreOnTheirWayOut() throws Exception {
        int threads = 200;
        CyclicBarrier inner = new CyclicBarrier(threads);
        ExtensionCapability failing = guard.guarded(TestExtension.throwing("a", new IllegalStateException("boom")));
        ExtensionCapability outer = guard.guarded(new ExtensionCapability() {
            @Override
            public String name() {
                return "a";
            }

            @Override
            public void setup(SetupEnv env) throws Exception {
                try {
                    failing.setup(env);
                } finally {
                    await(inner);
                }
            }
        });
        inParallel(Collections.nCopies(threads, () -> assertThat(catchThrowable(() -> outer.setup(ENV)))
                .isInstanceOf(ExtensionPanicException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class)));
        assertThat(counts("a", Phase.SETUP).panics()).isEqualTo(threads);
    }

    /** Behaves like a proxy of a class whose setup declares no exception. */
    private record ClassProxy(ExtensionCapability target) implements ExtensionCapability {

        @Override
        public String name() {
            return target.name();
        }

        @Override
        public void setup(SetupEnv env) {
            try {
                target.setup(env);
            } catch (RuntimeException declared) {
                throw declared;
            } catch (Exception undeclared) {
                throw new UndeclaredThrowableException(undeclared);
            }
        }
    }

    @Test
    void shouldPassOnAReturnedErrorThatAProxyWrapped() {
        IOException error = new IOException("port 53 is taken");
        ExtensionCapability proxy = new ClassProxy(guard.guarded(TestExtension.throwing("a", error)));
        assertThat(catchThrowable(() -> guard.callSetup(proxy, ENV))).isSameAs(error);
        assertThat(catchThrowable(() -> guard.guarded(proxy).setup(ENV))).isSameAs(error);
        assertThat(counts("a", Phase.SETUP).errors()).isEqualTo(2);
        assertThat(counts("a", Phase.SETUP).panics()).isZero();
    }

    @Test
    void shouldTakeAnExtensionsOwnWrapperForAPanic() {
        for (Throwable own : new Throwable[] {
            new UndeclaredThrowableException(new IOException("of a proxy of its own")),
            new UndeclaredThrowableException(null)
        }) {
            assertThat(catchThrowable(() -> guard.callSetup(TestExtension.throwing("a", own), ENV)))
                    .isExactlyInstanceOf(ExtensionPanicException.class)
                    .hasCause(own);
        }
        assertThat(counts("a", Phase.SETUP).panics()).isEqualTo(2);
        assertThat(counts("a", Phase.SETUP).errors()).isZero();
    }
}
