package dev.safe.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tells threads that answer for themselves from those that run code of their class. */
class TrustTest {

    /** Overrides nothing that is asked for. */
    public static class Plain extends Thread {

        @Override
        public void run() {}
    }

    /** Tells another stack trace than it has. */
    public static class Untraceable extends Plain {

        @Override
        public StackTraceElement[] getStackTrace() {
            return new StackTraceElement[0];
        }
    }

    /** Inherits an override. */
    public static class UntraceableToo extends Untraceable {}

    /** Tells another flag than it has. */
    public static class Mute extends Plain {

        @Override
        public boolean isInterrupted() {
            return false;
        }
    }

    /** Names a type that cannot be loaded. */
    public static class Incomplete extends Plain {

        @SuppressWarnings("unused") // The JVM resolves its parameter when it is asked for the methods of the class.
        void take(Missing missing) {}
    }

    static final class Missing {}

    /** Defines the classes of this test anew, so that nothing is known about them. */
    private static final class Loader extends ClassLoader {

        Loader() {
            super(TrustTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Missing.class.getName())) {
                throw new IllegalStateException("hostile");
            }
            if (!name.startsWith(TrustTest.class.getName() + "$")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = Objects.requireNonNull(file).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }

    private static Thread anew(Class<? extends Thread> type) throws Exception {
        Class<?> defined = new Loader().loadClass(type.getName());
        assertThat(defined).isNotSameAs(type);
        return (Thread) defined.getDeclaredConstructor().newInstance();
    }

    @Test
    void shouldTrustAThreadOfThePlatform() {
        Thread thread = new Thread(() -> {});
        assertThat(Trust.inTraces(thread)).isTrue();
        assertThat(Trust.inSignals(thread)).isTrue();
    }

    @Test
    void shouldTrustAThreadThatOverridesNeither() throws Exception {
        Thread thread = anew(Plain.class);
        assertThat(Trust.inTraces(thread)).isTrue();
        assertThat(Trust.inSignals(thread)).isTrue();
    }

    @Test
    void shouldNotTrustTheTracesOfAThreadThatOverridesThem() throws Exception {
        Thread thread = anew(Untraceable.class);
        assertThat(Trust.inTraces(thread)).isFalse();
        assertThat(Trust.inSignals(thread)).isTrue();
    }

    @Test
    void shouldNotTrustTheTracesOfAThreadThatInheritsAnOverride() throws Exception {
        Thread thread = anew(UntraceableToo.class);
        assertThat(Trust.inTraces(thread)).isFalse();
        assertThat(Trust.inSignals(thread)).isTrue();
    }

    @Test
    void shouldNotTrustTheSignalsOfAThreadThatOverridesThem() throws Exception {
        Thread thread = anew(Mute.class);
        assertThat(Trust.inTraces(thread)).isTrue();
        assertThat(Trust.inSignals(thread)).isFalse();
    }

    @Test
    void shouldNotTrustAThreadWhoseClassCannotBeLookedAt() throws Exception {
        Thread thread = anew(Incomplete.class);
        assertThat(Trust.inTraces(thread)).isFalse();
        assertThat(Trust.inSignals(thread)).isFalse();
    }
}
