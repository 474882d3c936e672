package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classifies throwables in each phase, with a pass-through type. */
class ClassifierTest {

    private static final class ControlFlow extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class FatalControlFlow extends InternalError {
        private static final long serialVersionUID = 1L;
    }

    private static final Set<Class<? extends Throwable>> ERRORS =
            Set.of(IllegalArgumentException.class, AssertionError.class, OutOfMemoryError.class, ControlFlow.class);

    private final Classifier classifier = new Classifier(List.of(ControlFlow.class, FatalControlFlow.class));

    enum Thrown {
        RUNTIME(IllegalStateException::new),
        RUNTIME_LISTED(IllegalArgumentException::new),
        RUNTIME_BELOW_LISTED(NumberFormatException::new),
        CHECKED(IOException::new),
        CHECKED_BELOW(FileNotFoundException::new),
        INTERRUPTED(InterruptedException::new),
        BARE(() -> new Throwable("neither an exception nor an error")),
        LINKAGE(NoClassDefFoundError::new),
        ERROR_LISTED(AssertionError::new),
        STACK(StackOverflowError::new),
        MEMORY(OutOfMemoryError::new),
        INTERNAL(InternalError::new),
        OTHER_ERROR(OtherError::new),
        CONTROL_FLOW(ControlFlow::new),
        FATAL_CONTROL_FLOW(FatalControlFlow::new);

        private final Supplier<Throwable> maker;

        Thrown(Supplier<Throwable> maker) {
            this.maker = maker;
        }
    }

    /** An error that gets no special treatment. */
    private static final class OtherError extends Error {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # thrown             | setup, teardown | with errors  | poll, finalize, host
            RUNTIME              | PANIC           | PANIC        | PANIC
            RUNTIME_LISTED       | PANIC           | ERROR        | PANIC
            RUNTIME_BELOW_LISTED | PANIC           | ERROR        | PANIC
            CHECKED              | ERROR           | ERROR        | PANIC
            CHECKED_BELOW        | ERROR           | ERROR        | PANIC
            INTERRUPTED          | ERROR           | ERROR        | PANIC
            BARE                 | PANIC           | PANIC        | PANIC
            LINKAGE              | PANIC           | PANIC        | PANIC
            ERROR_LISTED         | PANIC           | ERROR        | PANIC
            STACK                | PANIC           | PANIC        | PANIC
            MEMORY               | FATAL           | FATAL        | FATAL
            INTERNAL             | FATAL           | FATAL        | FATAL
            OTHER_ERROR          | PANIC           | PANIC        | PANIC
            CONTROL_FLOW         | PASS_THROUGH    | PASS_THROUGH | PASS_THROUGH
            FATAL_CONTROL_FLOW   | PASS_THROUGH    | PASS_THROUGH | PASS_THROUGH
            """)
    void shouldClassifyAsTheTableSays(Thrown thrown, Outcome returned, Outcome listed, Outcome elsewhere) {
        Throwable throwable = thrown.maker.get();
        for (Phase phase : List.of(Phase.SETUP, Phase.TEARDOWN)) {
            assertThat(classifier.classify(throwable, phase, Set.of()))
                    .as(phase.tag())
                    .isEqualTo(returned);
            assertThat(classifier.classify(throwable, phase, ERRORS))
                    .as(phase.tag())
                    .isEqualTo(listed);
        }
        for (Phase phase : List.of(Phase.POLL, Phase.FINALIZE, Phase.HOST)) {
            assertThat(classifier.classify(throwable, phase, Set.of()))
                    .as(phase.tag())
                    .isEqualTo(elsewhere);
            assertThat(classifier.classify(throwable, phase, ERRORS))
                    .as(phase.tag())
                    .isEqualTo(elsewhere);
        }
        assertThat(classifier.isPassThrough(throwable)).isEqualTo(returned == Outcome.PASS_THROUGH);
    }

    @ParameterizedTest
    @CsvSource({"PASS_THROUGH, false", "FATAL, true", "ERROR, false", "PANIC, true"})
    void shouldCountWhatIsFatalAsAPanicToo(Outcome outcome, boolean panic) {
        assertThat(outcome.isPanic()).isEqualTo(panic);
    }
}
