package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.ExtensionSupervisor;
import dev.safe.supervisor.RestartPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/** Applies the properties to a supervisor. */
final class SupervisorSettings implements Consumer<ExtensionSupervisor.Builder> {

    private static final Logger logger = LoggerFactory.getLogger(SupervisorSettings.class);

    private static final String KEY = "safe.supervisor";

    private final SafeProperties.Supervisor properties;
    private final Environment environment;

    SupervisorSettings(SafeProperties.Supervisor properties, Environment environment) {
        this.properties = properties;
        this.environment = environment;
    }

    @Override
    public void accept(ExtensionSupervisor.Builder builder) {
        located(() -> apply(builder));
    }

    /** Checks the properties, whether there is a supervisor or not. */
    void check(ExtensionGuard guard) {
        accept(ExtensionSupervisor.builder(guard, Delivery::done));
    }

    /**
     * Adds the dependencies, and builds the supervisor. Warns about properties of extensions that do not exist. Called
     * last, since all extensions must be known.
     */
    ExtensionSupervisor build(ExtensionSupervisor.Builder builder, ExtensionGuard guard) {
        List<String> known = builder.build().names();
        properties.extensions().keySet().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> warnOfUnsupervised(name, known, guard));
        SupervisorDependencies dependencies = new SupervisorDependencies(properties.extensions());
        located(() -> dependencies.check(known));
        dependencies.addTo(builder, known);
        return builder.build();
    }

    private static void warnOfUnsupervised(String extension, List<String> known, ExtensionGuard guard) {
        if (guard.snapshot(extension).isPresent()) {
            logger.warn(
                    "'{}' has no effect, since the supervisor runs only the beans of its own context: {}",
                    key(extension),
                    known);
        } else {
            logger.warn("'{}' matches no extension, there is {}: correct the name or remove it", key(extension), known);
        }
    }

    static String key(String extension) {
        return KEY + ".extensions[" + extension + "]";
    }

    private void located(Runnable mapping) {
        try {
            mapping.run();
        } catch (InvalidSafePropertyException invalid) {
            throw invalid.locatedIn(environment);
        }
    }

    private void apply(ExtensionSupervisor.Builder builder) {
        PolicyMapper.checked(KEY, () -> builder.maxInFlight(properties.maxInFlight())
                .pause(properties.pause())
                .teardownDeadline(properties.teardownDeadline()));
        SafeProperties.Restart restart = properties.restart();
        builder.restart(PolicyMapper.checked(
                KEY + ".restart",
                () -> new RestartPolicy(
                        restart.enabled(),
                        restart.afterTrips(),
                        restart.initialBackoff(),
                        restart.maxBackoff(),
                        restart.multiplier(),
                        restart.maxRestarts(),
                        restart.within())));
        builder.setupEnv(name -> new SetupEnv(name, Path.of("extensions", name), config(name)));
        if (usesVirtualThreads()) {
            builder.threads(new VirtualThreadTaskExecutor().getVirtualThreadFactory());
        }
    }

    private Map<String, Object> config(String name) {
        SafeProperties.Supervised own = properties.extensions().get(name);
        return own == null ? Map.of() : own.config();
    }

    private boolean usesVirtualThreads() {
        Boolean wanted = properties.virtualThreads();
        if (wanted == null) {
            return Threading.VIRTUAL.isActive(environment);
        }
        if (wanted && Runtime.version().feature() < 21) {
            throw InvalidSafePropertyException.ofValue(
                    KEY + ".virtual-threads",
                    "true",
                    "must be false before Java 21, and this is Java "
                            + Runtime.version().feature());
        }
        return wanted;
    }
}
