package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.safe.testing.HostileThrowables;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrintableTest {

    static Stream<Named<Throwable>> harmless() {
        Exception closing = new IllegalStateException("boom", new IOException("disk"));
        closing.addSuppressed(new IOException("close"));
        return Stream.of(
                Named.of("a plain one", new IllegalStateException("boom")),
                Named.of("one without a message", new LinkageError()),
                Named.of("one without a trace", HostileThrowables.traced()),
                Named.of("one with causes and suppressed ones", closing),
                Named.of("one with the deepest trace the JVM records", overflow()),
                Named.of("one with as many causes as are looked at", HostileThrowables.chain(63)),
                Named.of("one with a long message", new IllegalStateException("x".repeat(10_000))),
                Named.of("one that is merely peculiar", new Unhashable()));
    }

    private static Throwable overflow() {
        try {
            return HostileThrowables.overflow();
        } catch (StackOverflowError thrown) {
            return thrown;
        }
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void shouldPrintAsItIs(Throwable thrown) {
        assertThat(ThrowableText.printable(thrown) == thrown).isTrue();
    }

    @ParameterizedTest
    @MethodSource("dev.safe.testing.HostileThrowables#all")
    void shouldSafeCopy(Throwable hostile) {
        Throwable printable = ThrowableText.printable(hostile);
        assertThat(printable).isExactlyInstanceOf(SafeCopy.class);
        assertThat(printable.getMessage()).isEqualTo(ThrowableText.describe(hostile));
        assertThat(printable.toString()).isEqualTo(printable.getMessage());
        assertThat(Printability.isSafe(printable)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("dev.safe.testing.HostileThrowables#all")
    void shouldLogNothingButTheLayoutsOwnLines(Throwable hostile) {
        assertThat(logged(ThrowableText.printable(hostile)).split("\n"))
                .hasSizeLessThan(64 * 70)
                .allMatch(line -> SafeText.isSafe(line.stripLeading(), 2_000))
                .allMatch(line -> line.stripLeading()
                        .matches("log record|(Caused by: |Suppressed: )?[\\w.]+(Exception|Throwable|Error)(: .*)?"
                                + "|at .*|\\.\\.\\. \\d+ common frames omitted"));
    }

    @ParameterizedTest
    @MethodSource("dev.safe.testing.HostileThrowables#all")
    void shouldPrintNothingButThePlatformsOwnLines(Throwable hostile) {
        StringWriter printed = new StringWriter();
        ThrowableText.printable(hostile).printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString().split("\\R"))
                .allMatch(line -> SafeText.isSafe(line.stripLeading(), 2_000))
                .allMatch(line -> line.stripLeading()
                        .matches("(Caused by: |Suppressed: )?[\\w.]+(Exception|Throwable|Error)(: .*)?"
                                + "|at .*|\\.\\.\\. \\d+ more"));
    }

    /** Returns what Logback prints for a log record with this throwable. */
    private static String logged(Throwable thrown) {
        LoggerContext context = new LoggerContext();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.setContext(context);
        appender.start();
        Logger logger = context.getLogger("test");
        logger.addAppender(appender);
        logger.error("log record", thrown);

        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern("%msg%n%ex");
        encoder.start();
        assertThat(appender.list).hasSize(1);
        return new String(encoder.encode(appender.list.get(0)), StandardCharsets.UTF_8);
    }

    @Test
    void shouldKeepTheShapeOfWhatItStandsInFor() {
        Exception cause = new IOException("disk");
        Exception hostile = new IllegalStateException("a\nb", cause);
        hostile.addSuppressed(new IOException("close"));
        Throwable standIn = ThrowableText.printable(hostile);
        assertThat(standIn).hasMessage("java.lang.IllegalStateException: a\\nb");
        assertThat(standIn.getStackTrace()).isEqualTo(Arrays.copyOf(hostile.getStackTrace(), 64));
        assertThat(standIn.getCause()).isExactlyInstanceOf(SafeCopy.class).hasMessage("java.io.IOException: disk");
        assertThat(standIn.getCause().getStackTrace()).isEqualTo(Arrays.copyOf(cause.getStackTrace(), 64));
        assertThat(standIn.getSuppressed()).singleElement().satisfies(suppressed -> assertThat(suppressed)
                .hasMessage("java.io.IOException: close"));
    }

    @Test
    void shouldMakeFramesSafe() {
        Throwable standIn = ThrowableText.printable(HostileThrowables.traced(
                new StackTraceElement("com.acme.\u001BUdp", "po\nll", "Udp\t.java", 42),
                new StackTraceElement("com.acme.\u001BUdp", "poll", null, -2)));
        assertThat(standIn.getStackTrace())
                .containsExactly(
                        new StackTraceElement("com.acme.\\u001BUdp", "po\\nll", "Udp\\t.java", 42),
                        new StackTraceElement("com.acme.\\u001BUdp", "poll", null, -2));
    }

    @Test
    void shouldHaveEightCausesAtMost() {
        assertThat(causesOf(ThrowableText.printable(HostileThrowables.chain(64))))
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "java.lang.IllegalStateException: boom 1",
                        "java.lang.IllegalStateException: boom 2",
                        "java.lang.IllegalStateException: boom 3",
                        "java.lang.IllegalStateException: boom 4",
                        "java.lang.IllegalStateException: boom 5",
                        "java.lang.IllegalStateException: boom 6",
                        "java.lang.IllegalStateException: boom 7",
                        "java.lang.IllegalStateException: boom 8");
    }

    private static List<Throwable> causesOf(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    @Test
    void shouldBreakCycles() {
        Exception first = new IllegalStateException("boom");
        first.initCause(new IllegalStateException("bang", first));
        assertThat(causesOf(ThrowableText.printable(first))).singleElement().satisfies(cause -> assertThat(cause)
                .hasMessage("java.lang.IllegalStateException: bang"));
    }

    @Test
    void shouldHaveEightSuppressedOnesAtMost() {
        assertThat(ThrowableText.printable(HostileThrowables.suppressing(100)).getSuppressed())
                .hasSize(8);
    }

    @Test
    void shouldFollowSuppressedOnesEightDeepAtMost() {
        Exception nested = new IllegalStateException("boom 9");
        for (int depth = 8; depth >= 0; depth--) {
            Exception outer = new IllegalStateException(depth == 0 ? "boom\n" : "boom " + depth);
            outer.addSuppressed(nested);
            nested = outer;
        }
        Throwable innermost = ThrowableText.printable(nested);
        for (int depth = 1; depth <= 8; depth++) {
            assertThat(innermost.getSuppressed()).hasSize(1);
            innermost = innermost.getSuppressed()[0];
        }
        assertThat(innermost).hasMessage("java.lang.IllegalStateException: boom 8");
        assertThat(innermost.getSuppressed()).isEmpty();
    }

    @Test
    void shouldKeepTheTraceWhereALogWouldFillItIn() {
        Throwable hostile = HostileThrowables.traced(new StackTraceElement("com.acme.\u001BUdp", "poll", null, 1));
        Throwable standIn = ThrowableText.printable(hostile);
        assertThat(standIn.fillInStackTrace()).isSameAs(standIn);
        assertThat(standIn.getStackTrace())
                .containsExactly(new StackTraceElement("com.acme.\\u001BUdp", "poll", null, 1));
    }

    @Test
    void shouldHaveSixtyFourFramesAtMost() {
        StackTraceElement[] trace = new StackTraceElement[1_025];
        Arrays.fill(trace, new StackTraceElement("com.acme.Udp", "poll", "Udp.java", 42));
        assertThat(ThrowableText.printable(HostileThrowables.traced(trace)).getStackTrace())
                .hasSize(64);
        Throwable deepest = HostileThrowables.traced(Arrays.copyOf(trace, 1_024));
        assertThat(ThrowableText.printable(deepest)).isSameAs(deepest);
    }

    @Test
    void shouldNotPrintALineWithoutEnd() {
        assertThat(ThrowableText.printable(new IllegalStateException("x".repeat(65_537))))
                .hasMessage("java.lang.IllegalStateException: " + "x".repeat(990) + "…");
    }

    private static final class Unhashable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("equals");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode");
        }
    }
}
