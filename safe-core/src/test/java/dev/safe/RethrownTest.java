package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.watch.Watchdog;
import dev.safe.internal.watch.WatchedCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RethrownTest {

    private static final int REMEMBERED = 128;

    private final Rethrown rethrown = new Rethrown();
    private final Gate gate = new OpenGate();
    private final Throwable thrown = new IllegalStateException("passed on");

    @Test
    void shouldKnowWhatWasPassedOnSinceTheWordWasRead() {
        int before = gate.gate;
        assertThat(rethrown.has(gate, thrown, before)).isFalse();
        rethrown.add(gate, thrown);
        assertThat(rethrown.has(gate, thrown, before)).isTrue();
        assertThat(rethrown.has(gate, thrown, gate.gate)).isFalse();
    }

    @Test
    void shouldNotMistakeABitOfTheWordForSomethingPassedOn() {
        int before = gate.gate;
        gate.set(Gate.BELOW & ~before, true);
        rethrown.add(gate, thrown);
        assertThat(rethrown.has(gate, thrown, before)).isTrue();
        assertThat(rethrown.has(gate, thrown, gate.gate & ~Gate.BELOW)).isFalse();
    }

    @Test
    void shouldKnowAThrowableByIdentityAndAtItsOwnBoundaryOnly() {
        Gate other = new OpenGate();
        int before = other.gate;
        rethrown.add(gate, thrown);
        assertThat(rethrown.has(gate, new IllegalStateException("passed on"), before))
                .isFalse();
        other.passOn();
        assertThat(rethrown.has(other, thrown, before)).isFalse();
        rethrown.add(other, thrown);
        assertThat(rethrown.has(other, thrown, before)).isTrue();
        assertThat(rethrown.has(gate, thrown, before)).isTrue();
    }

    @Test
    void shouldNotKnowWhatAnotherThreadPassedOn() throws Exception {
        int before = gate.gate;
        rethrown.add(gate, thrown);
        CompletableFuture<Boolean> elsewhere = new CompletableFuture<>();
        new Thread(() -> elsewhere.complete(rethrown.has(gate, thrown, before))).start();
        assertThat(elsewhere.get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void shouldRememberTheNewestOnly() {
        int before = gate.gate;
        rethrown.add(gate, thrown);
        for (int i = 1; i < REMEMBERED; i++) {
            rethrown.add(gate, new RuntimeException());
        }
        assertThat(rethrown.has(gate, thrown, before)).isTrue();
        Throwable newest = new RuntimeException();
        rethrown.add(gate, newest);
        assertThat(rethrown.has(gate, thrown, before)).isFalse();
        assertThat(rethrown.has(gate, newest, before)).isTrue();
    }

    @Test
    void shouldCountOnThroughTheLargestWord() {
        gate.gate = Integer.MAX_VALUE;
        rethrown.add(gate, thrown);
        assertThat(gate.gate).isNegative();
        assertThat(rethrown.has(gate, thrown, Integer.MAX_VALUE)).isTrue();
        assertThat(rethrown.has(gate, thrown, gate.gate)).isFalse();
    }

    /** A gate without calls. */
    private static final class OpenGate extends Gate {

        OpenGate() {
            super(new Watchdog(() -> 0, true, (what, ours) -> {}));
        }

        @Override
        public @Nullable WatchedCall enter() {
            throw new AssertionError("entered");
        }

        @Override
        public void exit(WatchedCall call) {
            throw new AssertionError("left");
        }

        @Override
        public void failed(int seen, @Nullable WatchedCall call, String function, Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void contained(int seen, @Nullable WatchedCall call, String function, Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public String extension() {
            return "a";
        }

        @Override
        public void visit(long now) {
            throw new AssertionError("visited");
        }

        @Override
        public void visitsEnded() {}
    }
}
