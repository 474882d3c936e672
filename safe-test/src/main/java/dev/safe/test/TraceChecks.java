package dev.safe.test;

import static dev.safe.test.Trial.check;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.lang.Thread.UncaughtExceptionHandler;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Checks of what an extension leaves behind after teardown. */
final class TraceChecks {

    /** Threads of the JDK that all code shares, and that whichever code needs them first starts. */
    private static final List<String> SHARED_THREADS = List.of(
            "ForkJoinPool.commonPool",
            "ForkJoinPool-delayScheduler",
            "CompletableFutureDelayScheduler",
            "process reaper",
            "Keep-Alive-Timer",
            "Common-Cleaner",
            "Java2D",
            "VirtualThread-unparker");

    private static final int LIVES = 10;

    private TraceChecks() {}

    static void leavesNoThread(Trial trial) {
        trial.live();
        check(
                new Patience(trial.patience()).holds(() -> ownThreads(trial).isEmpty()),
                "threads go on after teardown: " + ownThreads(trial),
                "End them in teardown: interrupt them, or shut their executor down, and wait for them within the"
                        + " deadline");
    }

    /** Returns the names of the threads that the extension started and that still run. */
    private static Set<String> ownThreads(Trial trial) {
        Thread[] threads = new Thread[trial.group().activeCount() + 64];
        int found = trial.group().enumerate(threads);
        Set<String> own = new TreeSet<>();
        for (int i = 0; i < found; i++) {
            String name = threads[i].getName();
            if (threads[i].isAlive()
                    && !trial.isCaller(threads[i])
                    && SHARED_THREADS.stream().noneMatch(name::startsWith)) {
                own.add(name);
            }
        }
        return own;
    }

    static void leavesNoClassLoader(Trial trial) throws Exception {
        trial.live(); // The JDK's shared threads would keep the loader that starts them alive.
        WeakReference<ClassLoader> loader = liveInALoaderOfItsOwn(trial);
        check(
                Garbage.isCollected(loader, trial.patience()),
                "the extension's class loader is still referred to after teardown",
                "Remove in teardown what you have registered elsewhere: drivers, MBeans, thread locals, shutdown hooks,"
                        + " listeners, and threads that go on. A plugin that is loaded anew would fill the metaspace");
    }

    private static WeakReference<ClassLoader> liveInALoaderOfItsOwn(Trial trial) throws Exception {
        try (IsolatingLoader loader = IsolatingLoader.of(trial.contract(), trial.newExtension())) {
            trial.liveAs(loader.isolated(trial.contract().getClass()));
            return new WeakReference<>(loader);
        }
    }

    static void leavesNoShutdownHook(Trial trial) {
        Set<Thread> before = shutdownHooks();
        trial.live();
        Set<Thread> left = shutdownHooks();
        left.removeAll(before);
        check(
                left.isEmpty(),
                "shutdown hooks are left after teardown: " + left,
                "Remove them by Runtime.removeShutdownHook, or better, do without: the host tears down what it stops");
    }

    private static Set<Thread> shutdownHooks() {
        try {
            Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            hooks.setAccessible(true);
            Map<?, ?> registered = (Map<?, ?>) hooks.get(null);
            Set<Thread> threads = new HashSet<>();
            if (registered != null) {
                registered.keySet().forEach(hook -> threads.add((Thread) hook));
            }
            return threads;
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return Assumptions.abort(
                    "Not checked: run the tests with --add-opens java.base/java.lang=ALL-UNNAMED to look for shutdown"
                            + " hooks");
        }
    }

    static void leavesNoHandle(Trial trial) {
        trial.live(); // Loads the classes first, since that opens files.
        long before = openHandles();
        for (int i = 0; i < LIVES; i++) {
            trial.live();
        }
        long left = openHandles() - before;
        check(
                left < LIVES,
                "%d file handles are left after %d lives from setup to teardown".formatted(left, LIVES),
                "Close files, sockets and selectors in teardown");
    }

    private static long openHandles() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        if (system instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
            return unix.getOpenFileDescriptorCount();
        }
        return Assumptions.abort("Not checked: this system does not count open handles");
    }

    /** What an extension might change about the thread that calls it. */
    private record ThreadState(
            String name,
            int priority,
            @Nullable ClassLoader contextLoader,
            @Nullable UncaughtExceptionHandler handler) {

        static ThreadState of(Trial trial) {
            return (ThreadState) Objects.requireNonNull(trial.main()
                    .call("looking", trial.patience(), ThreadState::current)
                    .value());
        }

        private static ThreadState current() {
            Thread thread = Thread.currentThread();
            return new ThreadState(
                    thread.getName(),
                    thread.getPriority(),
                    thread.getContextClassLoader(),
                    thread.getUncaughtExceptionHandler());
        }
    }

    static void leavesTheContextClassLoader(Trial trial) {
        ThreadState before = ThreadState.of(trial);
        trial.live();
        ThreadState after = ThreadState.of(trial);
        check(
                before.contextLoader == after.contextLoader,
                "the context class loader of the calling thread is another one than before",
                "Set it back in a finally block: the thread is the host's, and goes on with other extensions");
    }

    static void leavesTheCallingThread(Trial trial) {
        ThreadState before = ThreadState.of(trial);
        trial.live();
        ThreadState after = ThreadState.of(trial);
        check(
                before.name.equals(after.name) && before.priority == after.priority && before.handler == after.handler,
                "the calling thread has another name, priority or handler than before: from %s, %d to %s, %d"
                        .formatted(before.name, before.priority, after.name, after.priority),
                "Set them back in a finally block: the thread is the host's");
    }

    static void leavesNoInterrupt(Trial trial) {
        ExtensionCapability extension = trial.newExtension();
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(trial.trySetup(trial.main(), extension, trial.newEnv()));
        outcomes.add(trial.tryPoll(trial.main(), extension));
        if (trial.provoke(extension)) {
            Outcome polled = trial.tryEvent(trial.main(), extension);
            outcomes.add(polled);
            if (polled.value() instanceof StepEvent event) {
                outcomes.add(trial.tryFinalize(trial.main(), extension, event.id()));
            }
        }
        outcomes.add(trial.tryTeardown(trial.main(), extension));
        for (Outcome outcome : outcomes) {
            check(
                    !outcome.interrupted(),
                    outcome.what() + " left the calling thread interrupted",
                    "Interrupt threads of your own only: the host takes it for a request to stop");
        }
    }

    static void leavesTheUncaughtExceptionHandler(Trial trial) {
        UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        trial.live();
        UncaughtExceptionHandler after = Thread.getDefaultUncaughtExceptionHandler();
        if (before != after) {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        check(
                before == after,
                "the default handler of uncaught exceptions is another one than before",
                "Set a handler on threads of your own only: the default one is the host's");
    }

    static void leavesSystemProperties(Trial trial) {
        TimeZone.getDefault(); // The JDK notes it among the properties once somebody asks.
        Properties before = (Properties) System.getProperties().clone();
        trial.live();
        Properties after = (Properties) System.getProperties().clone();
        Set<Object> changed = new HashSet<>(before.keySet());
        changed.addAll(after.keySet());
        changed.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        changed.forEach(key -> restore(key, before.get(key)));
        check(
                changed.isEmpty(),
                "the system properties changed: " + changed,
                "Keep your settings to yourself, in fields: the properties are everybody's");
    }

    private static void restore(Object key, @Nullable Object value) {
        if (value == null) {
            System.getProperties().remove(key);
        } else {
            System.getProperties().put(key, value);
        }
    }

    private record Defaults(Locale general, Locale display, Locale format, TimeZone zone) {

        static Defaults current() {
            return new Defaults(
                    Locale.getDefault(),
                    Locale.getDefault(Locale.Category.DISPLAY),
                    Locale.getDefault(Locale.Category.FORMAT),
                    TimeZone.getDefault());
        }

        void restore() {
            Locale.setDefault(general); // Sets those of all categories, too.
            Locale.setDefault(Locale.Category.DISPLAY, display);
            Locale.setDefault(Locale.Category.FORMAT, format);
            TimeZone.setDefault(zone);
        }
    }

    static void leavesLocaleAndTimeZone(Trial trial) {
        Defaults before = Defaults.current();
        trial.live();
        Defaults after = Defaults.current();
        if (!before.equals(after)) {
            before.restore();
        }
        check(
                before.equals(after),
                "the default locale or time zone is another one than before",
                "Pass a Locale or ZoneId to what you call: the defaults are everybody's");
    }

    static void printsNothing(Trial trial) {
        Map<String, String> printed = new HashMap<>();
        try (PrintWatch watch = new PrintWatch(trial.group())) {
            trial.live();
            printed.putAll(watch.printed());
        }
        check(
                printed.isEmpty(),
                "it printed to " + printed,
                "Log it: what is printed has no level, no time and no name, and nobody can switch it off");
    }
}
