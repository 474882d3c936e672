package dev.safe.spring.autoconfigure;

import dev.safe.supervisor.ExtensionSupervisor;

/**
 * Changes the supervisor after the properties were applied and before it is built. For what properties cannot express,
 * such as the directories that extensions are set up with.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SupervisorCustomizer {

    /**
     * Changes the settings of a supervisor.
     *
     * @param builder the builder of the supervisor
     */
    void customize(ExtensionSupervisor.Builder builder);
}
