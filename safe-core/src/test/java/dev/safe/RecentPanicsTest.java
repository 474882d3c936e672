package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentPanicsTest {

    private static final int MOST_KINDS = 16;
    private static final List<String> FRAMES = List.of("a.Extension.poll(Extension.java:7)");

    private final RecentPanics recent = new RecentPanics();

    private void add(Phase phase, String fingerprint, int second) {
        recent.add(new PanicReport(
                "a",
                phase,
                Instant.ofEpochSecond(second),
                "Boom",
                "at " + second,
                fingerprint,
                FRAMES,
                null,
                null,
                null,
                PanicAction.SUPPRESSED,
                true));
    }

    private static PanicSnapshot kind(String fingerprint, int second, int count) {
        return new PanicSnapshot(Instant.ofEpochSecond(second), "Boom", "at " + second, fingerprint, count, FRAMES);
    }

    @Test
    void shouldListTheNewestFirstEachKindOnceWithItsCount() {
        add(Phase.POLL, "one", 1);
        add(Phase.POLL, "other", 2);
        add(Phase.POLL, "one", 3);
        add(Phase.POLL, "one", 4);
        assertThat(recent.of(Phase.POLL)).containsExactly(kind("one", 4, 3), kind("other", 2, 1));
    }

    @Test
    void shouldKeepPhasesApart() {
        add(Phase.POLL, "same", 1);
        add(Phase.HOST, "same", 2);
        assertThat(recent.of(Phase.POLL)).containsExactly(kind("same", 1, 1));
        assertThat(recent.of(Phase.HOST)).containsExactly(kind("same", 2, 1));
        assertThat(recent.of(Phase.SETUP)).isEmpty();
    }

    @Test
    void shouldForgetTheKindThatWasNotSeenForLongest() {
        for (int i = 0; i < MOST_KINDS; i++) {
            add(Phase.POLL, "kind " + i, i);
        }
        add(Phase.POLL, "kind 0", 100);
        add(Phase.HOST, "one more", 101);
        assertThat(recent.of(Phase.POLL))
                .extracting(PanicSnapshot::fingerprint)
                .containsExactlyElementsOf(IntStream.iterate(MOST_KINDS, i -> i - 1)
                        .limit(MOST_KINDS - 1)
                        .mapToObj(i -> "kind " + i % MOST_KINDS)
                        .toList());
        add(Phase.POLL, "kind 1", 102);
        assertThat(recent.of(Phase.POLL).get(0)).isEqualTo(kind("kind 1", 102, 1));
    }

    @Test
    void shouldForgetAll() {
        add(Phase.POLL, "one", 1);
        List<PanicSnapshot> before = recent.of(Phase.POLL);
        recent.clear();
        assertThat(recent.of(Phase.POLL)).isEmpty();
        assertThat(before).hasSize(1);
    }
}
