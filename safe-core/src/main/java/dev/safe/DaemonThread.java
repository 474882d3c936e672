package dev.safe;

import java.security.AccessController;
import java.security.PrivilegedAction;

/** Makes the guard's own threads, which keep nothing of the threads that they are made on: those may run an extension. */
final class DaemonThread {

    private DaemonThread() {}

    @SuppressWarnings(
            "removal") // Until Java 24 a thread inherits the protection domains of all code that is on the stack.
    static Thread of(String name, Runnable task) {
        return AccessController.doPrivileged((PrivilegedAction<Thread>) () -> {
            Thread thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(DaemonThread.class.getClassLoader());
            return thread;
        });
    }
}
