package dev.safe.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DaemonThreadTest {

    /** Whoever makes it may run an extension, in a group of its own. */
    @Test
    void shouldInheritNothingOfTheThreadThatMakesIt() throws InterruptedException {
        ThreadGroup outer = new ThreadGroup("of a plugin");
        ThreadGroup inner = new ThreadGroup(outer, "within that");
        AtomicReference<Thread> made = new AtomicReference<>();
        Thread maker = new Thread(inner, () -> made.set(DaemonThread.of("made", () -> {})));
        maker.setDaemon(false);
        maker.setPriority(Thread.MIN_PRIORITY);
        maker.setContextClassLoader(new ClassLoader() {});
        maker.start();
        maker.join();
        Thread thread = made.get();
        assertThat(thread.getName()).isEqualTo("made");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertThat(thread.getContextClassLoader()).isSameAs(DaemonThread.class.getClassLoader());
        assertThat(thread.getThreadGroup().getParent()).isNull();
    }

    @Test
    void shouldKeepWhatItsTaskThrowsFromTheHandlerOfUncaughtExceptions() throws InterruptedException {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        AtomicReference<Throwable> uncaught = new AtomicReference<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.set(thrown));
        try {
            Thread thread = DaemonThread.of("failing", () -> {
                throw new OutOfMemoryError("not really");
            });
            thread.start();
            thread.join();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).hasValue(null);
    }
}
