package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.watch.Watchdog;
import dev.safe.internal.watch.WatchedCall;
import java.util.ArrayList;
import java.util.List;
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

    /** A thread that has passed nothing on yet. */
    @Test
    void shouldRememberTheNewestOnly() throws Exception {
        assertThat(CompletableFuture.supplyAsync(this::knownAfterEach, task -> new Thread(task).start())
                        .get(10, TimeUnit.SECONDS))
                .hasSize(REMEMBERED + 1)
                .endsWith(false)
                .filteredOn(isKnown -> !isKnown)
                .hasSize(1);
    }

    /** Passes on as many as are remembered, and one more. Returns whether the first one was known after each. */
    private List<Boolean> knownAfterEach() {
        List<Boolean> known = new ArrayList<>();
        int before = gate.gate;
        rethrown.add(gate, thrown);
        known.add(rethrown.has(gate, thrown, before));
        for (int i = 0; i < REMEMBERED; i++) {
            Throwable newest = new RuntimeException();
            rethrown.add(gate, newest);
            assertThat(rethrown.has(gate, newest, before)).isTrue();
            known.add(rethrown.has(gate, thrown, before));
        }
        return known;
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
