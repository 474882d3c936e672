package dev.safe.exhaustion;

/** Threads whose stack ends soon. */
final class SmallStacks {

    /** Bytes of stack. */
    static final int SIZE = 256 << 10;

    private SmallStacks() {}

    static Thread platform(Runnable task) {
        return platform(task, SIZE);
    }

    static Thread platform(Runnable task, long size) {
        Thread thread = new Thread(null, task, "small", size);
        thread.setDaemon(true);
        return thread;
    }

    /** Its stack ends where that of its carrier does, which {@code -Xss} says. */
    static Thread virtual(Runnable task) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (Thread) Class.forName("java.lang.Thread$Builder")
                .getMethod("unstarted", Runnable.class)
                .invoke(builder, task);
    }
}
