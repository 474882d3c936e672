package dev.safe.test;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a guard of its own, as a parameter of the test method, of {@code @BeforeEach} or of
 * {@code @AfterEach}. The guard is closed after the test. The test fails if an extension panicked and the test did not
 * expect it:
 *
 * <ul>
 * <li>Panics that are asserted are expected, as by
 *       {@code assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 3)}.
 * <li>{@link ExpectPanics} on the test method expects any number of panics.
 * </ul>
 *
 * <p>The guard reads a {@link ManualTicker}, which can be a parameter, too.
 *
 * <pre>{@code
 * @ExtendWith(GuardExtension.class)
 * class UdpTest {
 *     @Test
 *     void shouldRecoverAfterItsBackoff(ExtensionGuard guard, ManualTicker ticker) { ... }
 * }
 * }</pre>
 *
 * <p>To configure the guard, register an instance:
 *
 * <pre>{@code
 * @RegisterExtension
 * final GuardExtension guards = GuardExtension.configuredBy(guard -> guard.policy(Phase.POLL, strict));
 * }</pre>
 *
 * <p>Such an instance replaces {@code @ExtendWith}: of two, JUnit cannot know which one a parameter comes from.
 *
 * <p>Does not look at extensions that the test has removed from the guard. Thread-safe.
 *
 * @since 0.1
 */
public final class GuardExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(GuardExtension.class);

    private record Equipment(ExtensionGuard guard, ManualTicker ticker) {}

    private final Consumer<? super ExtensionGuard.Builder> configuration;

    /** Gives tests guards with the built-in policies. */
    public GuardExtension() {
        this(guard -> {});
    }

    private GuardExtension(Consumer<? super ExtensionGuard.Builder> configuration) {
        this.configuration = configuration;
    }

    /**
     * Gives tests guards with a configuration. If the configuration sets a ticker, it replaces the manual one.
     *
     * @param configuration called with the builder of each test's guard
     * @return an extension to register
     */
    public static GuardExtension configuredBy(Consumer<? super ExtensionGuard.Builder> configuration) {
        return new GuardExtension(configuration);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ExtensionGuard.class || type == ManualTicker.class;
    }

    /**
     * Returns the guard or the ticker of the test.
     *
     * @throws ParameterResolutionException if it is asked for outside of a test, since a guard lives as long as one test
     */
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty() || !(parameter.getDeclaringExecutable() instanceof Method)) {
            throw new ParameterResolutionException(
                    "a guard lives as long as one test: take it in the test method, @BeforeEach or @AfterEach, not in "
                            + parameter.getDeclaringExecutable());
        }
        Equipment equipment = equipment(context);
        return parameter.getParameter().getType() == ManualTicker.class ? equipment.ticker : equipment.guard;
    }

    private Equipment equipment(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        Equipment known = store.get(this, Equipment.class);
        if (known != null) {
            return known;
        }
        ManualTicker ticker = new ManualTicker();
        ExtensionGuard.Builder builder = ExtensionGuard.builder().ticker(ticker);
        configuration.accept(builder);
        Equipment equipment = new Equipment(builder.build(), ticker);
        ExpectedPanics.track(equipment.guard);
        store.put(this, equipment);
        return equipment;
    }

    /**
     * Closes the guard.
     *
     * @throws AssertionError if there were panics that the test did not expect, or none where it expected some
     */
    @Override
    public void afterEach(ExtensionContext context) {
        Equipment equipment = context.getStore(NAMESPACE).get(this, Equipment.class);
        Optional<ExpectPanics> expectation =
                context.getTestMethod().map(method -> method.getAnnotation(ExpectPanics.class));
        if (equipment == null && expectation.isPresent()) {
            throw new AssertionError(
                    text(expectation.get())
                            + ", and the test takes no guard. Take an ExtensionGuard as a parameter, and make the calls through it.");
        }
        if (equipment != null) {
            equipment.guard.close();
            try {
                check(equipment.guard, expectation.orElse(null));
            } finally {
                ExpectedPanics.forget(equipment.guard);
            }
        }
    }

    private static void check(ExtensionGuard guard, @Nullable ExpectPanics expectation) {
        BiPredicate<String, Phase> allowed = expectation == null
                ? (extension, phase) -> false
                : (extension, phase) -> includes(expectation, extension, phase);
        List<ExtensionSnapshot> unexpected = ExpectedPanics.unexpected(guard, allowed);
        if (!unexpected.isEmpty()) {
            throw new AssertionError(
                    "Extensions panicked and the test did not expect it. If it should, assert it by GuardAssertions or say so by @ExpectPanics.%n%s"
                            .formatted(print(unexpected)));
        }
        if (expectation != null && !hasPanic(guard, allowed)) {
            throw new AssertionError(
                    "%s, and there was no such panic.%n%s".formatted(text(expectation), print(guard.snapshots())));
        }
    }

    private static String text(ExpectPanics expectation) {
        String where = expectation.value().length == 0 ? "any extension" : String.join(" or ", expectation.value());
        String when = Arrays.stream(expectation.phases()).map(Phase::tag).collect(Collectors.joining(" or "));
        return "@ExpectPanics expects at least one panic of " + where + (when.isEmpty() ? "" : " in " + when);
    }

    private static boolean includes(ExpectPanics expectation, String extension, Phase phase) {
        List<String> extensions = Arrays.asList(expectation.value());
        List<Phase> phases = Arrays.asList(expectation.phases());
        return (extensions.isEmpty() || extensions.contains(extension)) && (phases.isEmpty() || phases.contains(phase));
    }

    private static boolean hasPanic(ExtensionGuard guard, BiPredicate<String, Phase> where) {
        return guard.snapshots().stream().anyMatch(extension -> extension.phases().entrySet().stream()
                .anyMatch(phase -> phase.getValue().panics() > 0 && where.test(extension.name(), phase.getKey())));
    }

    private static String print(List<ExtensionSnapshot> extensions) {
        return extensions.stream().map(SnapshotText::of).collect(Collectors.joining(System.lineSeparator()));
    }
}
