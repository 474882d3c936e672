package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class StackEndTest {

    @Test
    @SuppressWarnings("unchecked")
    void shouldStayOfUseAfterTheStackHasEnded() throws Exception {
        var atStackEnd = (Function<Throwable, String>) new FreshLoader()
                .loadClass(AtStackEnd.class.getName())
                .getDeclaredConstructor()
                .newInstance();
        assertThat(atStackEnd.apply(new IllegalStateException("a\nb")))
                .isEqualTo("a\\nb; java.lang.IllegalStateException: a\\nb");
    }

    /** Renders where there is next to no stack left, then where there is enough again. */
    public static final class AtStackEnd implements Function<Throwable, String> {

        public AtStackEnd() {}

        @Override
        public String apply(Throwable thrown) {
            ThrowableText.prepare();
            renderAtTheEnd(thrown);
            return ThrowableText.of(thrown).message() + "; "
                    + ThrowableText.printable(thrown).getMessage();
        }

        private static void renderAtTheEnd(Throwable thrown) {
            try {
                renderAtTheEnd(thrown);
            } catch (StackOverflowError tooDeepEvenToCall) {
                ThrowableText.of(thrown);
                ThrowableText.printable(thrown);
            }
        }
    }

    /** Has the classes of this package anew, none of them initialized. */
    private static final class FreshLoader extends ClassLoader {

        FreshLoader() {
            super(StackEndTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(StackEndTest.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream code = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = code.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
