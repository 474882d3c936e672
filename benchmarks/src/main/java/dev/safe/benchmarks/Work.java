package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import org.jspecify.annotations.Nullable;

/** The work that every contender guards: as little as there can be, so that what is measured is the guard. */
final class Work {

    /** What a poll returns. Made once: the guard shall be charged for what it allocates only. */
    static final StepEvent EVENT = new StepEvent("tick", new byte[0], 1, null);

    private Work() {}

    /** A contender that does not do its job would win: what is measured is proved to work first. */
    static void check(boolean works, String what) {
        if (!works) {
            throw new IllegalStateException("a contender does not do its job: " + what);
        }
    }

    /** A host function, as a guest would be given it. */
    interface HostCall {

        int call(Object instance, int pointer, int length);
    }

    static int hostCall(Object instance, int pointer, int length) {
        return instance == null ? pointer : pointer + length;
    }

    /** A panic that costs nothing to make: no stack to fill in, and always the same one. */
    static final class Panic extends RuntimeException {

        private static final long serialVersionUID = 1L;

        static final Panic INSTANCE = new Panic();

        private Panic() {
            super("panic", null, false, false);
        }
    }

    /** An extension that always has an event ready. */
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

    /** An extension that always panics. */
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

    /** One of four classes by turns: with more than two, the JIT has to look up which one a call is of. */
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

    /** As above. */
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
