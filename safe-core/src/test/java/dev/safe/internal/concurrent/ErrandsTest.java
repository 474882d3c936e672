package dev.safe.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ErrandsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MOST = 8;

    private final Errands errands = new Errands("errand");
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    @AfterEach
    void letGo() {
        end.countDown();
    }

    private void hang() {
        threads.add(Thread.currentThread());
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldRunATaskOnADaemonThreadOfItsName() {
        assertThat(errands.run(this::hang)).isTrue();
        assertThat(Eventually.holds(LIMIT, () -> threads.size() == 1)).isTrue();
        assertThat(threads.get(0)).isNotSameAs(Thread.currentThread());
        assertThat(threads.get(0).getName()).isEqualTo("errand");
        assertThat(threads.get(0).isDaemon()).isTrue();
    }

    @Test
    void shouldTurnATaskAwayWhenAllThreadsHangAndTakeItOnceOneIsBack() {
        for (int i = 0; i < MOST; i++) {
            assertThat(errands.run(this::hang)).isTrue();
        }
        assertThat(errands.run(this::hang)).isFalse();
        end.countDown();
        assertThat(Eventually.holds(LIMIT, () -> errands.run(this::hang))).isTrue();
        assertThat(Eventually.holds(LIMIT, () -> threads.size() == MOST + 1)).isTrue();
    }

    @Test
    void shouldRunTheNextTaskThoughOneThrew() {
        assertThat(errands.run(() -> {
                    threads.add(Thread.currentThread());
                    throw new AssertionError("a task must not throw");
                }))
                .isTrue();
        assertThat(Eventually.holds(
                        LIMIT, () -> threads.size() == 1 && !threads.get(0).isAlive()))
                .isTrue();
        assertThat(errands.run(this::hang)).isTrue();
        assertThat(Eventually.holds(LIMIT, () -> threads.size() == 2)).isTrue();
    }

    @Test
    void shouldEndThreadsThatHaveNothingToDo() {
        errands.run(this::hang);
        errands.run(this::hang);
        end.countDown();
        assertThat(Eventually.holds(
                        LIMIT, () -> threads.size() == 2 && threads.stream().noneMatch(Thread::isAlive)))
                .isTrue();
    }
}
