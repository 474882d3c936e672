package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guard's own threads take nothing from the thread that happens to start them. */
@Timeout(60)
class OwnThreadsTest {

    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    private final Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet());
    private final Set<Thread> interrupting = ConcurrentHashMap.newKeySet();
    private final Set<Thread> reporting = ConcurrentHashMap.newKeySet();
    private final Set<String> inherited = ConcurrentHashMap.newKeySet();
    private final CountDownLatch reported = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final ClassLoader ofThePlugin = new URLClassLoader("plugin", new URL[0], null);

    /** What our threads were like. They may have ended by the time a test looks. */
    private final List<String> notOfTheRootGroup = new ArrayList<>();

    private final List<String> notAtNormalPriority = new ArrayList<>();
    private final List<String> withTheLoaderOfThePlugin = new ArrayList<>();
    private final List<String> notDaemons = new ArrayList<>();

    private final ExtensionGuard guard = ExtensionGuard.builder()
            .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(20), OnOverrun.INTERRUPT)))
            .listener(new RecordingListener().on(OverrunReport.class, report -> {
                note(reporting);
                reported.countDown();
            }))
            .build();

    private static final class PluginGroup extends ThreadGroup {

        @SuppressWarnings({"deprecation", "removal"}) // Until Java 19 only a daemon group ends with its last thread.
        PluginGroup() {
            super("plugin");
            setDaemon(true);
        }
    }

    private final class PluginThread extends Thread {

        PluginThread(@Nullable ThreadGroup group, Runnable task) {
            super(group, task, "plugin");
            setPriority(MIN_PRIORITY);
            setContextClassLoader(ofThePlugin);
        }

        @Override
        public void interrupt() {
            note(interrupting);
            super.interrupt();
        }
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private void note(Set<Thread> where) {
        where.add(Thread.currentThread());
        look(Thread.currentThread());
        if (INHERITED.get() != null) {
            inherited.add(Thread.currentThread().getName());
        }
    }

    private synchronized void look(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        if (group != null && group.getParent() != null) {
            notOfTheRootGroup.add(thread.getName());
        }
        if (thread.getPriority() != Thread.NORM_PRIORITY) {
            notAtNormalPriority.add(thread.getName());
        }
        if (thread.getContextClassLoader() == ofThePlugin) {
            withTheLoaderOfThePlugin.add(thread.getName());
        }
        if (!thread.isDaemon()) {
            notDaemons.add(thread.getName());
        }
    }

    private void lookAtThreadsOfOurs() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread) && thread.getName().startsWith("safe-")) {
                look(thread);
            }
        }
    }

    private void hang() {
        guard.callPoll(new TestExtension("a", () -> {
            assertThat(never.await(10, TimeUnit.SECONDS)).isFalse();
            return null;
        }));
    }

    /** Starts all of our threads from a thread of a plugin. */
    private WeakReference<ThreadGroup> startThreads() throws InterruptedException {
        ThreadGroup group = new PluginGroup();
        group.setMaxPriority(Thread.MIN_PRIORITY);
        Thread caller = new PluginThread(group, () -> {
            INHERITED.set("of the plugin");
            hang();
        });
        caller.start();
        caller.join();
        assertThat(reported.await(10, TimeUnit.SECONDS)).isTrue();
        return new WeakReference<>(group);
    }

    @Test
    void shouldBelongToTheRootGroup() throws Exception {
        startThreads();
        lookAtThreadsOfOurs();
        assertThat(interrupting).isNotEmpty();
        assertThat(reporting).isNotEmpty();
        assertThat(notOfTheRootGroup).isEmpty();
    }

    @Test
    void shouldRunAtNormalPriority() throws Exception {
        startThreads();
        lookAtThreadsOfOurs();
        assertThat(notAtNormalPriority).isEmpty();
    }

    @Test
    void shouldInheritNothing() throws Exception {
        startThreads();
        lookAtThreadsOfOurs();
        assertThat(inherited).isEmpty();
        assertThat(withTheLoaderOfThePlugin).isEmpty();
        assertThat(notDaemons).isEmpty();
    }

    @Test
    void shouldLetGoOfTheGroupOfTheThreadThatStartedThem() throws Exception {
        WeakReference<ThreadGroup> group = startThreads();
        interrupting.clear();
        reporting.clear();
        boolean collected = Eventually.holds(Duration.ofSeconds(10), () -> {
            System.gc();
            return group.get() == null;
        });
        assertThat(collected).as("the plugin's group was let go of").isTrue();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).overruns())
                .isOne();
    }

    @Test
    void shouldStartForAQuarantineAsForABudget() throws Exception {
        Thread caller = new PluginThread(new PluginGroup(), () -> {
            ExtensionGuard tripped = ExtensionGuard.ofDefaults();
            for (int i = 0; i < 5; i++) {
                tripped.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
            }
            lookAtThreadsOfOurs();
            tripped.close();
        });
        caller.start();
        caller.join();
        assertThat(notOfTheRootGroup).isEmpty();
        assertThat(notAtNormalPriority).isEmpty();
        assertThat(withTheLoaderOfThePlugin).isEmpty();
    }
}
