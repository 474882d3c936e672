package dev.safe.testing;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import javax.xml.transform.SourceLocator;
import javax.xml.transform.TransformerException;
import org.jspecify.annotations.Nullable;

/**
 * Panics with throwables that would forge a line of the log, {@code FORGED}, if anything were printed that was not
 * checked.
 */
public final class ForgingExtension implements ExtensionCapability {

    private static final String FORGED = "boom\nFORGED";

    private final Throwable thrown;

    private ForgingExtension(Throwable thrown) {
        this.thrown = thrown;
    }

    /** Panics with each of them. */
    public static void main(String[] arguments) {
        Throwable suppressing = new IllegalStateException("boom");
        suppressing.addSuppressed(new PrintsItself());
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        for (Throwable thrown : List.of(
                new PrintsItself(),
                new IllegalStateException("boom", new PrintsItself()),
                suppressing,
                new TransformerException("boom", new ForgedLocator()))) {
            guard.callPoll(new ForgingExtension(thrown));
        }
        guard.close();
        for (int answers = 0; answers < 12; answers++) {
            ExtensionGuard another = ExtensionGuard.ofDefaults();
            another.callPoll(new ForgingExtension(new ChangesItsMind(answers)));
            another.callPoll(new ForgingExtension(new IllegalStateException("boom\" extension=\"FORGED")));
            another.close();
        }
        System.exit(0);
    }

    @Override
    public String name() {
        return "network.udp";
    }

    @Override
    public @Nullable StepEvent poll() {
        return HostileThrowables.<StepEvent, RuntimeException>sneakyThrow(thrown);
    }

    private static final class PrintsItself extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PrintsItself() {
            super("boom");
        }

        @Override
        public void printStackTrace(PrintStream to) {
            to.println(FORGED);
        }

        @Override
        public void printStackTrace(PrintWriter to) {
            to.println(FORGED);
        }
    }

    /** Gives a number of harmless answers first. */
    private static final class ChangesItsMind extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private int harmlessAnswers;

        ChangesItsMind(int harmlessAnswers) {
            this.harmlessAnswers = harmlessAnswers;
        }

        @Override
        public String getMessage() {
            return harmlessAnswers-- > 0 ? "boom" : FORGED;
        }
    }

    private static final class ForgedLocator implements SourceLocator {

        @Override
        public String getPublicId() {
            return FORGED;
        }

        @Override
        public String getSystemId() {
            return FORGED;
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
}
