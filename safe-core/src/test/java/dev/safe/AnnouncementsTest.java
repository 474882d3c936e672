package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.RecordingListener;
import dev.safe.testing.RecordingListener.Registered;
import dev.safe.testing.RecordingListener.Removed;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners are notified of each extension, even if another listener hangs. */
@Timeout(60)
class AnnouncementsTest {

    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private final RecordingListener picky = new RecordingListener().on(Registered.class, registered -> {
        if (registered.extension().name().equals("a")) {
            hanging.countDown();
            await(released);
        }
    });
    private final RecordingListener other = new RecordingListener();
    private final ExtensionGuard guard =
            ExtensionGuard.builder().listener(picky).listener(other).build();

    @AfterEach
    void close() {
        released.countDown();
        guard.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            throw new AssertionError(ended);
        }
    }

    private Thread hangOver(String extension) {
        Thread thread = new Thread(() -> guard.guarded(new TestExtension(extension, () -> null)));
        thread.setDaemon(true);
        thread.start();
        await(hanging);
        return thread;
    }

    @Test
    void shouldAnnounceOtherExtensionsToAllListenersWhileOneHangs() {
        hangOver("a");
        guard.callPoll(new TestExtension("b", () -> null));
        guard.hostFunction("c", "f", Runnable.class, () -> {});
        guard.remove("b");

        assertThat(picky.lines(Registered.class, Removed.class))
                .containsExactly("registered a", "registered b", "registered c", "removed b");
        assertThat(other.lines(Registered.class, Removed.class))
                .containsExactly("registered b", "registered c", "removed b");
    }

    @Test
    void shouldCallTheExtensionThatAListenerHangsOver() {
        hangOver("a");
        TestExtension extension = new TestExtension("a", () -> null);

        guard.callPoll(extension);

        assertThat(extension.calls).hasValue(1);
    }

    @Test
    void shouldAnnounceInOrderWhatHappenedToTheExtensionMeanwhile() throws Exception {
        Thread thread = hangOver("a");
        guard.remove("a");
        guard.callPoll(new TestExtension("a", () -> null));
        assertThat(other.lines(Registered.class, Removed.class)).isEmpty();

        released.countDown();
        thread.join();

        List<String> expected = List.of("registered a", "removed a", "registered a");
        assertThat(picky.lines(Registered.class, Removed.class)).isEqualTo(expected);
        assertThat(other.lines(Registered.class, Removed.class)).isEqualTo(expected);
    }

    @Test
    void shouldAnnounceARemovalByTheListenerThatIsBeingNotified() {
        ExtensionGuard own = ExtensionGuard.ofDefaults();
        RecordingListener listener = new RecordingListener();
        listener.on(
                Registered.class,
                registered -> own.remove(registered.extension().name()));
        own.addListener(listener);

        own.guarded(new TestExtension("a", () -> null));

        assertThat(listener.lines(Registered.class, Removed.class)).containsExactly("registered a", "removed a");
        own.close();
    }
}
