package dev.safe.internal.concurrent;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Makes daemon threads that take nothing over from the thread that makes them, since it may be running an extension.
 * They join the root group at normal priority, and inherit no thread locals, context class loader or access control
 * context. What their tasks throw, memory errors above all, does not reach the host's handler of uncaught exceptions,
 * since that might end the host.
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
                // The task has reported it if it could. Thrown from here, it would only reach the host's handler.
            }
        };
    }

    /**
     * Climbs by {@code getParent}, which is final, since the group of the current thread may be of an extension's own
     * class.
     */
    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
            group = parent;
        }
        return group;
    }
}
