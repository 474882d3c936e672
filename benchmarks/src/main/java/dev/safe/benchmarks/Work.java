package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import org.jspecify.annotations.Nullable;

/**
 * Provides the work that every contender guards. It is as little as possible, so that the figures show the cost of the
 * guard.
 */
final class Work {

    /** The event that a poll returns. Made once, so that the guard is charged only for what it allocates. */
    static final StepEvent EVENT = new StepEvent("tick", new byte[0], 1, null);

    private Work() {}

    /** Checks that a contender does its job before it is measured. Otherwise one that does nothing would win. */
    static void check(boolean works, String what) {
        if (!works) {
            throw new IllegalStateException("a contender does not do its job: " + what);
        }
    }

    /** Adds two numbers, as a host function for a guest would. */
    interface HostCall {

        int call(Object instance, int pointer, int length);
    }

    static int hostCall(Object instance, int pointer, int length) {
        return instance == null ? pointer : pointer + length;
    }

    /** A panic that costs nothing to make: it has no stack trace and is always the same instance. */
    static final class Panic extends RuntimeException {

        private static final long serialVersionUID = 1L;

        static final Panic INSTANCE = new Panic();

        private Panic() {
            super("panic", null, false, false);
        }
    }

    /** Always has an event ready. */
    static class Ready implements ExtensionCapability {

        private final String name;
        private final StepEvent event;

        Ready(String name) {
            this.name = name;
            this.event = EVENT;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable StepEvent poll() {
            return event;
        }
    }

    /** Always panics. */
    static class Panicking implements ExtensionCapability {

        private final String name;

        Panicking(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable StepEvent poll() {
            throw Panic.INSTANCE;
        }
    }

    /** Returns one of four classes in turn. With more than two, the JIT has to look up the class at each call. */
    static ExtensionCapability ready(int i) {
        String name = "ready" + i;
        return switch (i % 4) {
            case 1 ->
                new Ready(name) {
                    @Override
                    public @Nullable StepEvent poll() {
                        return super.poll();
                    }
                };
            case 2 ->
                new Ready(name) {
                    @Override
                    public @Nullable StepEvent poll() {
                        return super.poll();
                    }
                };
            case 3 ->
                new Ready(name) {
                    @Override
                    public @Nullable StepEvent poll() {
                        return super.poll();
                    }
                };
            default -> new Ready(name);
        };
    }

    /** Returns one of four classes in turn, each of which panics. */
    static ExtensionCapability panicking(int i) {
        String name = "panicking" + i;
        return switch (i % 4) {
            case 1 ->
                new Panicking(name) {
                    @Override
                    public @Nullable StepEvent poll() {
                        throw Panic.INSTANCE;
                    }
                };
            case 2 ->
                new Panicking(name) {
                    @Override
                    public @Nullable StepEvent poll() {
                        throw Panic.INSTANCE;
                    }
                };
            case 3 ->
                new Panicking(name) {
                    @Override
                    public @Nullable StepEvent poll() {
                        throw Panic.INSTANCE;
                    }
                };
            default -> new Panicking(name);
        };
    }
}
