package dev.safe.test;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/**
 * Asserts what a guard has counted. Not thread-safe.
 *
 * @see GuardAssertions#assertThat(ExtensionGuard)
 * @since 0.1
 */
public final class GuardAssert extends AbstractAssert<GuardAssert, ExtensionGuard> {

    private Patience patience = Patience.NONE;

    GuardAssert(ExtensionGuard guard) {
        super(guard, GuardAssert.class);
    }

    /**
     * Makes later assertions wait until they hold, for what another thread such as the guard's watchdog is about to do.
     *
     * @param limit how long, for each assertion; not negative
     * @return this assertion
     */
    public GuardAssert within(Duration limit) {
        patience = new Patience(limit);
        return this;
    }

    /**
     * Returns an assertion about one extension.
     *
     * @param name its name
     * @return an assertion that looks at the extension anew each time
     * @throws AssertionError if the guard does not know it
     */
    public ExtensionAssert extension(String name) {
        isNotNull();
        if (!patience.holds(() -> actual.snapshot(name).isPresent())) {
            failWithMessage(
                    "%nExpecting the guard to know extension%n  \"%s\"%nbut it knows%n  %s%n"
                            + "since only what is registered, called or decorated is known.",
                    name, names());
        }
        ExtensionAssert extension = new ExtensionAssert(actual, name, patience);
        return info.hasDescription() ? extension.as(info.description()) : extension;
    }

    /**
     * Asserts that the guard does not know an extension, because it was never called or was removed.
     *
     * @param name the name
     * @return this assertion
     */
    public GuardAssert doesNotKnow(String name) {
        isNotNull();
        if (!patience.holds(() -> actual.snapshot(name).isEmpty())) {
            failWithMessage(
                    "%nExpecting the guard not to know extension%n  \"%s\"%nbut it does:%n%s",
                    name, actual.snapshot(name).map(SnapshotText::of).orElse("  not any more"));
        }
        return this;
    }

    /**
     * Asserts that no extension has panicked, in any phase.
     *
     * @return this assertion
     */
    public GuardAssert hasNoPanics() {
        isNotNull();
        List<ExtensionSnapshot> panicked = panicked();
        if (!panicked.isEmpty()) {
            failWithMessage(
                    "%nExpecting no panics, but there are:%n%s",
                    panicked.stream().map(SnapshotText::of).collect(Collectors.joining(System.lineSeparator())));
        }
        return this;
    }

    private List<ExtensionSnapshot> panicked() {
        return actual.snapshots().stream()
                .filter(extension -> extension.phases().values().stream().anyMatch(phase -> phase.panics() > 0))
                .toList();
    }

    private List<String> names() {
        return actual.snapshots().stream().map(ExtensionSnapshot::name).toList();
    }
}
