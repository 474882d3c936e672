package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.RecordingListener;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Notifies listeners of registrations and removals outside of all locks. */
@Timeout(60)
class RegistrationLocksTest {

    private final TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();

    @AfterEach
    void close() {
        guard.close();
    }

    @Test
    void shouldReportARemovalOutsideAllLocks() throws Exception {
        AtomicBoolean returned = new AtomicBoolean();
        guard.callPoll(extension);
        guard.addListener(new GuardListener() {
            @Override
            public void onRemoved(String removed) {
                Thread other = new Thread(() -> guard.callPoll(extension));
                other.setDaemon(true);
                other.start();
                try {
                    other.join(3_000);
                } catch (InterruptedException impossible) {
                    throw new AssertionError(impossible);
                }
                returned.set(!other.isAlive());
            }
        });
        guard.remove("a");
        assertThat(returned)
                .as("the other thread's call returned while the listener waited for it")
                .isTrue();
    }

    private void shouldReportARegistrationOutsideAllLocks(Runnable fromAnotherThread) throws Exception {
        AtomicBoolean returned = new AtomicBoolean();
        guard.addListener(new RecordingListener().on(RecordingListener.Registered.class, registered -> {
            Thread other = new Thread(fromAnotherThread);
            other.setDaemon(true);
            other.start();
            try {
                other.join(3_000);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            returned.compareAndSet(false, !other.isAlive());
        }));
        guard.callPoll(extension);
        assertThat(returned)
                .as("the other thread's call returned while the listener waited for it")
                .isTrue();
    }

    @Test
    void shouldLetAnotherThreadCallTheInstanceThatIsBeingRegistered() throws Exception {
        shouldReportARegistrationOutsideAllLocks(() -> guard.callPoll(extension));
    }

    @Test
    void shouldLetAnotherThreadDecorateTheInstanceThatIsBeingRegistered() throws Exception {
        shouldReportARegistrationOutsideAllLocks(() -> guard.guarded(extension));
    }

    @Test
    void shouldLetAnotherThreadRemoveTheInstanceThatIsBeingRegistered() throws Exception {
        shouldReportARegistrationOutsideAllLocks(() -> {
            if (guard.snapshot("a").isPresent()) {
                guard.remove("a");
            }
        });
    }
}
