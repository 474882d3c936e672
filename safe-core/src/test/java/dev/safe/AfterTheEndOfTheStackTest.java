package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows the right state of an extension once there is room again, whatever could not be noted without. */
@Timeout(60)
class AfterTheEndOfTheStackTest {

    private static final long STACK_SIZE = 256 * 1024;
    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    /** Preallocated, since creating it takes more stack than the guard does. */
    private static final IllegalStateException BOOM = new IllegalStateException("boom");

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();
    private final TestExtension extension = TestExtension.throwing("a", BOOM);
    private final ExtensionCapability decorator = guard.guarded(extension);

    @AfterEach
    void close() {
        guard.close();
    }

    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    /** Makes a call where a number of further frames fit on the stack. */
    private static final class Descent implements Runnable {

        private final Call call;
        private int room;

        Descent(int room, Call call) {
            this.room = room;
            this.call = call;
        }

        @Override
        @SuppressWarnings("InfiniteRecursion") // The end of the stack is the point.
        public void run() {
            try {
                run();
            } catch (StackOverflowError end) {
                if (room-- > 0) {
                    throw end;
                }
                try {
                    call.run();
                } catch (Throwable expected) {
                    // It may be the end of the stack.
                }
            }
        }
    }

    private static void callNearTheEnd(int room, Call call) throws InterruptedException {
        Thread thread = new Thread(null, new Descent(room, call), "shallow", STACK_SIZE);
        thread.start();
        thread.join();
    }

    @Test
    void shouldListAnExtensionAgainThoughTheFirstCallAfterItsRemovalHadNoRoomForThat() throws Exception {
        decorator.poll();
        for (int room = 0; room < 200; room++) {
            guard.remove("a");
            callNearTheEnd(room, decorator::poll);
            decorator.poll();
            assertThat(guard.snapshot("a")).as("with room for %d frames", room).isPresent();
        }
    }

    @Test
    void shouldBeRunningAfterASetupThatReturnsWhateverIsOwedOfOneBefore() throws Exception {
        for (int room = 0; room < 200; room++) {
            extension.behave(() -> {
                throw BOOM;
            });
            callNearTheEnd(room, () -> decorator.setup(ENV));
            extension.behave(() -> null);
            decorator.setup(ENV);
            assertThat(guard.state("a")).as("with room for %d frames", room).hasValue(ExtensionState.RUNNING);
        }
    }

    @Test
    void shouldBeNewAfterItsRemovalWhateverIsOwedOfASetupBefore() throws Exception {
        for (int room = 0; room < 200; room++) {
            callNearTheEnd(room, () -> decorator.setup(ENV));
            if (guard.snapshot("a", Phase.SETUP).isPresent()) { // Reads nothing that would make up for what is owed.
                guard.remove("a");
            }
            guard.register(extension, "ignored");
            assertThat(guard.state("a")).as("with room for %d frames", room).hasValue(ExtensionState.NEW);
        }
    }

    @Test
    void shouldBeFailedAfterASetupThatThrows() throws Exception {
        extension.behave(() -> null);
        for (int room = 0; room < 200; room++) {
            callNearTheEnd(room, () -> decorator.setup(ENV));
        }
        extension.behave(() -> {
            throw BOOM;
        });
        assertThatThrownBy(() -> decorator.setup(ENV)).hasCause(BOOM);
        assertThat(guard.state("a")).hasValue(ExtensionState.FAILED);
    }
}
