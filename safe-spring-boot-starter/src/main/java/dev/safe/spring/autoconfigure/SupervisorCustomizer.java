package dev.safe.spring.autoconfigure;

import dev.safe.supervisor.ExtensionSupervisor;

/**
 * Changes the supervisor before it is built, after the properties were applied. For what properties cannot say: the
 * directories that extensions are set up with, for example.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SupervisorCustomizer {

    /**
     * Changes a supervisor.
     *
     * @param builder builds it
     */
    void customize(ExtensionSupervisor.Builder builder);
}
