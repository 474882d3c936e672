package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.HostileThrowable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private final ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();

    @Test
    void shouldHoldNothingOfTheOriginal() throws Exception {
        PluginLoader loader = new PluginLoader();
        Throwable hostile = loader.newHostile("a\nb");
        ThrowableText text = ThrowableText.of(hostile);
        Throwable standIn = ThrowableText.printable(hostile);
        WeakReference<ClassLoader> reference = new WeakReference<>(loader, collected);
        hostile = null;
        loader = null;

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

    /** Defines the throwable's class itself, as the loader of a plugin does. */
    private static final class PluginLoader extends URLClassLoader {

        PluginLoader() {
            super(new URL[0], HostileThrowable.class.getClassLoader());
        }

        Throwable newHostile(String message) throws ReflectiveOperationException, IOException {
            String resource = HostileThrowable.class.getName().replace('.', '/') + ".class";
            try (InputStream code = getParent().getResourceAsStream(resource)) {
                byte[] bytes = code.readAllBytes();
                Class<?> type = defineClass(HostileThrowable.class.getName(), bytes, 0, bytes.length);
                return (Throwable) type.getConstructor(String.class).newInstance(message);
            }
        }
    }
}
