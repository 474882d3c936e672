package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.IsolatingLoader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.IllegalFormatConversionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.xml.transform.SourceLocator;
import javax.xml.transform.TransformerException;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Only checked text is printed, even if the throwable answers differently the next time. */
class TrustedTypesTest {

    static Stream<Named<Throwable>> unreliable() {
        Exception suppressing = new IllegalStateException("boom");
        suppressing.addSuppressed(new PrintsItself());
        return Stream.of(
                Named.of("getMessage", new ChangesItsMind()),
                Named.of("getMessage of a superclass", new ChangesItsMind() {}),
                Named.of("getMessage that has said the same so far", new RuntimeException("boom") {
                    @Override
                    public String getMessage() {
                        return "boom";
                    }
                }),
                Named.of("getLocalizedMessage", new RuntimeException("boom") {
                    @Override
                    public String getLocalizedMessage() {
                        return "boom";
                    }
                }),
                Named.of("toString", new RuntimeException("boom") {
                    @Override
                    @SuppressWarnings("OverrideThrowableToString")
                    public String toString() {
                        return "boom";
                    }
                }),
                Named.of("getCause", new RuntimeException("boom") {
                    @Override
                    public synchronized IOException getCause() {
                        return new IOException("disk");
                    }
                }),
                Named.of("getStackTrace", new RuntimeException("boom") {
                    @Override
                    public StackTraceElement[] getStackTrace() {
                        return new StackTraceElement[0];
                    }
                }),
                Named.of("printStackTrace", new PrintsItself()),
                Named.of("a locator", new TransformerException("boom", new ForgedLocator())),
                Named.of("in a cause", new IllegalStateException("boom", new ChangesItsMind())),
                Named.of("in a suppressed one", suppressing));
    }

    @ParameterizedTest
    @MethodSource("unreliable")
    void shouldPrintACopyOfWhatMayChange(Throwable unreliable) {
        String type = unreliable.getClass().getName();
        Throwable printable = ThrowableText.printable(unreliable);
        for (int i = 0; i < 3; i++) {
            StringWriter printed = new StringWriter();
            printable.printStackTrace(new PrintWriter(printed));
            assertThat(printed.toString().lines().findFirst()).contains(type + ": boom");
            assertThat(printed.toString()).doesNotContain("FORGED");
        }
        assertThat(printable).isExactlyInstanceOf(SafeCopy.class).hasMessage(type + ": boom");
    }

    static Stream<Throwable> reliable() {
        Throwable helpful = null;
        try {
            helpful.toString();
        } catch (NullPointerException thrown) {
            helpful = thrown;
        }
        return Stream.of(
                helpful,
                new UncheckedIOException(new IOException("disk")),
                new NoSuchFileException("a", "b", "gone"),
                new URISyntaxException("a b", "blank"),
                new ExecutionException(new IOException("disk")),
                new InvocationTargetException(new IOException("disk")),
                new IllegalFormatConversionException('d', String.class),
                new OnlyNamesLikeThese("boom"));
    }

    @ParameterizedTest
    @MethodSource("reliable")
    void shouldPrintTypesOfThePlatformAsTheyAre(Throwable reliable) {
        assertThat(ThrowableText.printable(reliable)).isSameAs(reliable);
    }

    @Test
    void shouldReportTheMessageThatWasMadeSafe() {
        ChangesItsMind thrown = new ChangesItsMind();
        assertThat(ThrowableText.of(thrown).message()).isEqualTo("boom");
        assertThat(thrown.asked).isOne();
        assertThat(ThrowableText.of(thrown).message()).isEqualTo("boom\\nFORGED");
    }

    /** Answers differently every other time. */
    private static class ChangesItsMind extends RuntimeException {

        private static final long serialVersionUID = 1L;
        int asked;

        @Override
        public String getMessage() {
            return asked++ % 2 == 0 ? "boom" : "boom\nFORGED";
        }
    }

    private static final class PrintsItself extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PrintsItself() {
            super("boom");
        }

        @Override
        public void printStackTrace(PrintStream to) {
            to.print("\nFORGED");
        }

        @Override
        public void printStackTrace(PrintWriter to) {
            to.print("\nFORGED");
        }
    }

    private static class OnlyNamesLikeThese extends RuntimeException {

        private static final long serialVersionUID = 1L;

        OnlyNamesLikeThese(String message) {
            super(message);
        }

        @SuppressWarnings("UnusedMethod")
        String getMessage(String language) {
            return language;
        }
    }

    private static final class ForgedLocator implements SourceLocator {

        @Override
        public String getPublicId() {
            return "\nFORGED";
        }

        @Override
        public String getSystemId() {
            return "\nFORGED";
        }

        @Override
        public int getLineNumber() {
            return 1;
        }

        @Override
        public int getColumnNumber() {
            return 1;
        }
    }

    static Stream<Class<? extends Throwable>> untrusted() {
        return Stream.of(
                ChangesItsMind.class,
                new ChangesItsMind() {}.getClass(),
                PrintsItself.class,
                new FileSystemException("the platform's getMessage calls what is overridden") {
                    @Override
                    public String getReason() {
                        return "forged";
                    }
                }.getClass());
    }

    @ParameterizedTest
    @MethodSource("untrusted")
    void shouldNotTrustAClassThatChangesWhatThePlatformPrints(Class<? extends Throwable> type) throws Exception {
        assertThat(isTrusted(IsolatingLoader.anew(type))).isFalse();
    }

    static Stream<Class<? extends Throwable>> trusted() {
        return Stream.of(
                new IllegalStateException("stackless") {
                    @Override
                    public synchronized Throwable fillInStackTrace() {
                        return this;
                    }

                    @SuppressWarnings("unused")
                    String detail() {
                        return "of its own";
                    }
                }.getClass(),
                OnlyNamesLikeThese.class,
                new OnlyNamesLikeThese("overrides what is not the platform's") {
                    @Override
                    String getMessage(String language) {
                        return "hello";
                    }
                }.getClass(),
                new IllegalStateException("compares in its own way") {
                    @Override
                    public int hashCode() {
                        return 1;
                    }

                    @Override
                    public boolean equals(Object other) {
                        return other == this;
                    }
                }.getClass());
    }

    @ParameterizedTest
    @MethodSource("trusted")
    void shouldTrustAClassThatChangesNothingThatIsPrinted(Class<? extends Throwable> type) throws Exception {
        assertThat(isTrusted(IsolatingLoader.anew(type))).isTrue();
    }

    @Test
    void shouldTrustThePlatformAndOurOwnCopies() {
        assertThat(TrustedTypes.contain(FileSystemException.class)).isTrue();
        assertThat(TrustedTypes.contain(SafeCopy.class)).isTrue();
    }

    private static boolean isTrusted(Class<?> type) {
        return TrustedTypes.contain(type.asSubclass(Throwable.class));
    }

    @Test
    void shouldPrintACopyOfWhatNamesAClassThatIsMissing() throws Exception {
        ClassLoader loader = new IsolatingLoader(OfAPlugin.class.getClassLoader(), name -> {
            if (name.equals(ForgedLocator.class.getName())) {
                throw new NoClassDefFoundError(name);
            }
            return name.equals(OfAPlugin.class.getName());
        });
        Throwable thrown = (Throwable)
                loader.loadClass(OfAPlugin.class.getName()).getConstructor().newInstance();

        assertThat(ThrowableText.printable(thrown))
                .isExactlyInstanceOf(SafeCopy.class)
                .hasMessage(OfAPlugin.class.getName() + ": boom");
    }

    /** Names a class that not every loader finds. */
    public static final class OfAPlugin extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public OfAPlugin() {
            super("boom");
        }

        public ForgedLocator locator() {
            return new ForgedLocator();
        }
    }
}
