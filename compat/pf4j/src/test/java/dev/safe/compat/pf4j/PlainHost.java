package dev.safe.compat.pf4j;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.supervisor.ExtensionSupervisor;
import dev.safe.supervisor.RestartPolicy;
import java.time.Duration;

/** The host without Spring. */
final class PlainHost extends Host {

    private final ExtensionGuard guard;
    private final ExtensionSupervisor supervisor;

    PlainHost(Plugins plugins) {
        super(plugins);
        guard = ExtensionGuard.builder()
                .policy(
                        Phase.SETUP,
                        PhasePolicy.builder(Phase.SETUP)
                                .budget(new BudgetPolicy(SETUP_LIMIT, OnOverrun.INTERRUPT))
                                .build())
                .build();
        ExtensionSupervisor.Builder builder = ExtensionSupervisor.builder(guard, events)
                .setupEnv(this::environment)
                .teardownDeadline(TEARDOWN_DEADLINE)
                .restart(new RestartPolicy(
                        true, 1, RESTART_BACKOFF, RESTART_BACKOFF, 1.0, MAX_RESTARTS, Duration.ofHours(1)));
        for (String plugin : plugins.deployed()) {
            builder.extension(plugin, () -> plugins.extension(plugin));
        }
        if (plugins.deployed().contains("dashboard")) {
            builder.dependsOn("dashboard", "feed");
        }
        supervisor = builder.build();
        supervisor.start();
    }

    @Override
    ExtensionGuard guard() {
        return guard;
    }

    @Override
    void restart(String extension, String reason) {
        supervisor.restart(extension, reason);
    }

    @Override
    void stop() {
        supervisor.close();
        plugins.deployed().forEach(guard::remove);
        guard.close();
    }
}
