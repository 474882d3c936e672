package dev.safe.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.test.ExtensionContract;
import dev.safe.test.Launched;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult.Status;

/** The contract finds each fault, and nothing else. */
class ContractTest {

    private final Locale locale = Locale.getDefault();
    private final UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void restore() {
        Locale.setDefault(locale);
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }

    static Stream<Class<?>> broken() {
        return Arrays.stream(BrokenExtensions.class.getDeclaredClasses())
                .filter(type -> type.isAnnotationPresent(Breaks.class));
    }

    private static Set<String> checks() {
        return Arrays.stream(ExtensionContract.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldAcceptASoundExtension() {
        Launched launched = Launched.run(SoundContract.class);
        assertThat(launched.messages(Status.FAILED)).isEmpty();
        assertThat(launched.messages(Status.ABORTED)).isEmpty();
        assertThat(launched.named(Status.SUCCESSFUL)).isEqualTo(checks()).hasSizeGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void shouldFindTheFaultAndNothingElse(Class<?> broken) {
        Launched launched = Launched.run(broken);
        assertThat(launched.named(Status.FAILED))
                .as("%s%nnot made: %s", launched.messages(Status.FAILED), launched.messages(Status.ABORTED))
                .containsExactlyInAnyOrder(broken.getAnnotation(Breaks.class).value());
        assertThat(launched.messages(Status.FAILED)).allMatch(message -> message.matches("(?s).+\\. .+\\."));
        assertThat(launched.messages(Status.ABORTED)).allMatch(message -> message.contains(": Not checked"));
    }

    @Test
    void shouldHaveAFaultForEachCheck() {
        Set<String> found = broken().flatMap(
                        type -> Arrays.stream(type.getAnnotation(Breaks.class).value()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(found).isEqualTo(checks());
    }
}
