package dev.safe.exhaustion;

/** Makes threads whose stack ends soon. */
final class SmallStacks {

    /** The size of a stack in bytes. */
    static final int SIZE = 256 << 10;

    /**
     * Keeps a virtual thread on its carrier while it waits for a monitor. JDK 25 crashes by itself where one has to give up its
     * carrier near the end of its stack, whose frames it cannot put back: {@code Thread.yield()} in the handler of a
     * {@link StackOverflowError} is enough.
     */
    static final String[] MOUNTED = {"-XX:+IgnoreUnrecognizedVMOptions", "-XX:LockingMode=1"};

    private SmallStacks() {}

    static Thread platform(Runnable task) {
        return platform(task, SIZE);
    }

    static Thread platform(Runnable task, long size) {
        Thread thread = new Thread(null, task, "small", size);
        thread.setDaemon(true);
        return thread;
    }

    /** Returns a virtual thread, whose stack is limited as that of its carrier is, by {@code -Xss}. */
    static Thread virtual(Runnable task) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (Thread) Class.forName("java.lang.Thread$Builder")
                .getMethod("unstarted", Runnable.class)
                .invoke(builder, task);
    }
}
