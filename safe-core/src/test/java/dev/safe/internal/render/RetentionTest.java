package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.HostileThrowable;
import dev.safe.testing.IsolatingLoader;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private final ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();

    @Test
    void shouldHoldNothingOfTheOriginal() throws Exception {
        Class<?> type = IsolatingLoader.anew(HostileThrowable.class);
        Throwable hostile = (Throwable) type.getConstructor(String.class).newInstance("a\nb");
        ThrowableText text = ThrowableText.of(hostile);
        Throwable standIn = ThrowableText.printable(hostile);
        WeakReference<ClassLoader> reference = new WeakReference<>(type.getClassLoader(), collected);
        hostile = null;
        type = null;

        assertThat(isCollected()).as("the plugin's class loader").isTrue();
        assertThat(reference.get()).isNull();
        assertThat(text.message()).isEqualTo("a\\nb");
        assertThat(standIn).hasMessage(HostileThrowable.class.getName() + ": a\\nb");
        assertThat(standIn.getStackTrace()).isNotEmpty();
    }

    private boolean isCollected() throws InterruptedException {
        for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos(); System.nanoTime() < end; ) {
            System.gc();
            if (collected.remove(100) != null) {
                return true;
            }
        }
        return false;
    }
}
