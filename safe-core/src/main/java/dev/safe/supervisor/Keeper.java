package dev.safe.supervisor;

import dev.safe.internal.concurrent.DaemonThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when lives begin and end, on one thread that never waits for an extension. Whenever something has changed or
 * is due, it goes through the extensions in the order of their dependencies, and takes a step with each.
 */
final class Keeper implements Runnable {

    private static final Logger logger = LoggerFactory.getLogger(ExtensionSupervisor.class);

    /** How long the setups that come next wait for a setup. Most are done by then, and so run in the order given. */
    static final long HEAD_START = TimeUnit.MILLISECONDS.toNanos(100);

    private final Monitor monitor;
    private final List<SupervisedExtension> inOrder;
    private final Runnable afterwards;

    // Guarded by the monitor.
    private boolean closing;
    private @Nullable SupervisedExtension newest;
    private long nextStep;

    private volatile @Nullable Thread thread;

    /** @param afterwards what to do once all lives have ended */
    Keeper(Monitor monitor, List<SupervisedExtension> inOrder, Runnable afterwards) {
        this.monitor = monitor;
        this.inOrder = inOrder;
        this.afterwards = afterwards;
    }

    /** Starts its thread, unless it has one. */
    void start() {
        Thread keeping = DaemonThread.of("safe-supervisor", this);
        if (monitor.test(() -> isFirst(keeping))) {
            try {
                keeping.start();
            } catch (Throwable noThread) {
                thread = null;
                throw noThread;
            }
        }
    }

    private boolean isFirst(Thread keeping) {
        thread = thread == null ? keeping : thread;
        return thread == keeping;
    }

    /** Ends all lives, and then the keeper. Called under the monitor. */
    void close() {
        closing = true;
        inOrder.forEach(SupervisedExtension::close);
    }

    @Override
    public void run() {
        List<Runnable> later = new ArrayList<>();
        boolean goesOn = true;
        boolean failed = false;
        while (goesOn) {
            try {
                if (failed) {
                    LockSupport.parkNanos(HEAD_START);
                }
                failed = true;
                long seen = monitor.look(() -> step(later));
                later.forEach(Keeper::attempt);
                later.clear();
                goesOn = !monitor.test(this::isDone);
                if (goesOn) {
                    monitor.awaitChange(seen, nextStep);
                }
                failed = false;
            } catch (Throwable ours) {
                // Memory is short, since nothing else is done here. A call could fail as well: it waits for the next
                // round.
            }
        }
        attempt(afterwards);
    }

    private boolean isDone() {
        return closing && inOrder.stream().allMatch(SupervisedExtension::isDown);
    }

    private void step(List<Runnable> later) {
        long now = monitor.now();
        nextStep = SupervisedExtension.FAR;
        for (SupervisedExtension extension : inOrder) {
            boolean mayStart = newest == null || !newest.isStartingSince(now, HEAD_START);
            boolean wasDown = extension.isDown();
            nextStep = Math.min(nextStep, extension.step(now, closing, mayStart, later));
            if (wasDown && !extension.isDown()) {
                newest = extension;
            }
        }
    }

    /**
     * Does something that may run foreign code, or fail to get memory for a thread. Whatever it throws, the keeper goes
     * on.
     */
    private static void attempt(Runnable something) {
        try {
            something.run();
        } catch (Throwable thrown) {
            complain(thrown);
        }
    }

    private static void complain(Throwable thrown) {
        try {
            logger.error("the supervisor failed, and goes on", thrown);
        } catch (Throwable ignored) {
            // The log fails too.
        }
    }
}
