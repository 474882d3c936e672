package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.StepEvent;
import dev.safe.testing.FuzzedText;
import dev.safe.testing.RecordingListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Renders and logs throwables of any shape. */
class RenderingFuzzTest {

    private static final int MAX_LENGTH = 1_024;
    private static final int MAX_FRAMES = 64;
    private static final int MAX_CAUSES = 8;
    private static final int MAX_PRINTED_LINES = 64 * (MAX_FRAMES + 2);

    private static final PatternLayoutEncoder ENCODER = new PatternLayoutEncoder();
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    static {
        Logger logger = (Logger) LoggerFactory.getLogger(ExtensionGuard.class);
        ENCODER.setContext(logger.getLoggerContext());
        ENCODER.setCharset(StandardCharsets.UTF_16);
        ENCODER.setPattern("%msg %kvp%n%ex");
        ENCODER.start();
        LOG.start();
        logger.addAppender(LOG);
        logger.setAdditive(false); // Thousands of panics would fill the disk.
    }

    @FuzzTest(maxDuration = "10m")
    void shouldRenderAnyThrowableSafely(FuzzedDataProvider data) {
        String text = FuzzedText.draw(data);
        assertSafe(SafeText.of(text));
        assertSafe(SafeText.value(text));
        assertThat(SafeText.value(text)).doesNotContain("\"").doesNotEndWith("\\");

        Throwable thrown = FuzzedThrowables.draw(data);
        assertRenderedSafely(thrown);
        assertReplacedIfUnsafe(thrown);
        assertContained(thrown);
    }

    private static void assertRenderedSafely(Throwable thrown) {
        FuzzedThrowables.Script script = thrown instanceof FuzzedThrowables.Following follows ? follows.script() : null;
        int messages = script == null ? 0 : script.messagesRead;
        int traces = script == null ? 0 : script.tracesRead;

        ThrowableText text = ThrowableText.of(thrown);

        if (script != null) {
            assertThat(script.messagesRead - messages).isLessThanOrEqualTo(1);
            assertThat(script.tracesRead - traces).isLessThanOrEqualTo(1);
        }
        assertSafe(text.type());
        assertSafe(text.message());
        assertSafe(text.top());
        assertThat(text.frames()).hasSizeLessThanOrEqualTo(32).allSatisfy(RenderingFuzzTest::assertSafe);
        assertThat(text.fingerprint()).matches("[0-9a-f]{16}");
        assertSafe(ThrowableText.describe(thrown));
        assertSafe(ThrowableText.message(thrown));
    }

    private static void assertSafe(@Nullable String text) {
        if (text != null) {
            assertThat(text).hasSizeLessThanOrEqualTo(MAX_LENGTH);
            assertThat(FuzzedText.isPrintable(text)).as(text).isTrue();
        }
    }

    private static void assertReplacedIfUnsafe(Throwable thrown) {
        Throwable printable = ThrowableText.printable(thrown);
        if (printable instanceof SafeCopy) {
            assertCopied(printable, 0, Collections.newSetFromMap(new IdentityHashMap<>()));
        } else {
            assertThat(printable == thrown).isTrue();
            assertThat(print(thrown)).isEqualTo(print(thrown));
            assertThat(reachableFrom(thrown)).noneMatch(FuzzedThrowables.Following.class::isInstance);
        }
        List<String> lines = print(printable).lines().toList();
        assertThat(lines.stream().map(String::stripLeading)).allMatch(FuzzedText::isPrintable);
    }

    private static void assertCopied(Throwable copy, int depth, Set<Throwable> seen) {
        assertThat(copy).isExactlyInstanceOf(SafeCopy.class);
        assertThat(depth).isLessThanOrEqualTo(MAX_CAUSES);
        assertThat(seen.add(copy)).isTrue();
        assertThat(seen).hasSizeLessThanOrEqualTo(64);
        assertSafe(copy.getMessage());
        assertThat(copy.getStackTrace()).hasSizeLessThanOrEqualTo(MAX_FRAMES);
        if (copy.getCause() != null) {
            assertCopied(copy.getCause(), depth + 1, seen);
        }
        for (Throwable suppressed : copy.getSuppressed()) {
            assertCopied(suppressed, depth + 1, seen);
        }
    }

    private static String print(Throwable thrown) {
        StringWriter printed = new StringWriter();
        thrown.printStackTrace(new PrintWriter(printed));
        return printed.toString();
    }

    /** Returns a throwable and all that it refers to. */
    private static Set<Throwable> reachableFrom(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> pending = new ArrayDeque<>(List.of(thrown));
        while (!pending.isEmpty()) {
            Throwable next = pending.pop();
            if (seen.add(next)) {
                pending.addAll(Arrays.asList(next.getSuppressed()));
                if (next.getCause() != null) {
                    pending.add(next.getCause());
                }
            }
        }
        return seen;
    }

    /** Lets an extension panic, and checks its outcome, what is counted, what is kept and what is logged. */
    private static void assertContained(Throwable thrown) {
        RecordingListener listener = new RecordingListener();
        LOG.list.clear();
        try (ExtensionGuard guard = ExtensionGuard.builder().listener(listener).build()) {
            Throwable escaped = catchThrowable(
                    () -> assertThat(guard.callPoll(new Throwing(thrown))).isNull());

            boolean fatal = thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
            assertThat(escaped == (fatal ? thrown : null)).as("escaped").isTrue();
            assertThat(Thread.interrupted()).isEqualTo(thrown instanceof InterruptedException);
            PhaseSnapshot poll =
                    guard.snapshot("network.udp").orElseThrow().phases().get(Phase.POLL);
            assertThat(poll.panics()).isEqualTo(thrown instanceof InterruptedException ? poll.panics() : 1);
            poll.recentPanics().forEach(panic -> {
                assertSafe(panic.type());
                assertSafe(panic.message());
                panic.frames().forEach(RenderingFuzzTest::assertSafe);
            });
        }
        assertThat(LOG.list).isNotEmpty();
        LOG.list.forEach(RenderingFuzzTest::assertLoggedSafely);
    }

    private static void assertLoggedSafely(ILoggingEvent event) {
        String[] lines = new String(ENCODER.encode(event), StandardCharsets.UTF_16).split("\n", -1);
        assertThat(lines).hasSizeLessThanOrEqualTo(MAX_PRINTED_LINES);
        for (String line : lines) {
            String printed = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            assertThat(FuzzedText.isPrintable(printed.stripLeading()))
                    .as(printed)
                    .isTrue();
        }
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> assertThat(String.valueOf(pair.value))
                    .hasSizeLessThanOrEqualTo(MAX_LENGTH)
                    .doesNotContain("\"")
                    .doesNotEndWith("\\"));
        }
    }

    private record Throwing(Throwable thrown) implements ExtensionCapability {

        @Override
        public String name() {
            return "network.udp";
        }

        @Override
        public @Nullable StepEvent poll() {
            throw RenderingFuzzTest.<RuntimeException>sneaky(thrown);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
