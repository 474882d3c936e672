package dev.safe.internal.concurrent;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Makes daemon threads that keep nothing of the threads that make them, which may run an extension. They join the root group
 * at normal priority, and inherit no thread locals, context class loader or access control context. What their tasks throw,
 * memory errors above all, does not reach the host's handler of uncaught exceptions, which may end the host.
 */
public final class DaemonThread {

    private DaemonThread() {}

    /**
     * Makes a thread, and does not start it.
     *
     * @param name the thread's name
     * @param task what it runs
     * @return the thread
     */
    @SuppressWarnings({"removal", "ThreadPriorityCheck"
    }) // Until Java 24 a thread inherits the protection domains of all code that is on the stack.
    public static Thread of(String name, Runnable task) {
        return AccessController.doPrivileged((PrivilegedAction<Thread>) () -> {
            Thread thread = new Thread(rootGroup(), quietly(task), name, 0, false);
            thread.setDaemon(true);
            thread.setPriority(Thread.NORM_PRIORITY);
            thread.setContextClassLoader(DaemonThread.class.getClassLoader());
            return thread;
        });
    }

    private static Runnable quietly(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable thrown) {
                // The task has reported it if it could. Only the host would hear of it here.
            }
        };
    }

    /** Climbs by {@code getParent}, which is final: the group of the current thread may be a class of an extension's. */
    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
            group = parent;
        }
        return group;
    }
}
