package dev.safe.test;

import dev.safe.supervisor.ExtensionSupervisor;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/**
 * Asserts what a supervisor runs. Use an assertion about its guard for the state of its extensions, such as
 * {@link ExtensionAssert#hasRestarts}. Not thread-safe.
 *
 * @see GuardAssertions#assertThat(ExtensionSupervisor)
 * @since 0.1
 */
public final class SupervisorAssert extends AbstractAssert<SupervisorAssert, ExtensionSupervisor> {

    SupervisorAssert(ExtensionSupervisor supervisor) {
        super(supervisor, SupervisorAssert.class);
    }

    /**
     * Asserts that an extension is among those that the supervisor runs, from its start until it is closed.
     *
     * @param extension its name
     * @return this assertion
     */
    public SupervisorAssert runs(String extension) {
        isNotNull();
        if (!actual.names().contains(extension)) {
            failWithMessage(
                    "%nExpecting the supervisor to run extension%n  \"%s\"%nbut it runs%n  %s",
                    extension, actual.names());
        }
        return this;
    }

    /**
     * Asserts which extensions the supervisor runs.
     *
     * @param extensions their names, in the order of their setup
     * @return this assertion
     */
    public SupervisorAssert runsInOrder(String... extensions) {
        isNotNull();
        if (!actual.names().equals(List.of(extensions))) {
            failWithMessage(
                    "%nExpecting the supervisor to set up, in this order,%n  %s%nbut it sets up%n  %s",
                    List.of(extensions), actual.names());
        }
        return this;
    }
}
