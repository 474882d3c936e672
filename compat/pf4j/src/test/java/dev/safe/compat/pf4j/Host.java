package dev.safe.compat.pf4j;

import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A running host, in plain Java or with the starter. Both run the same plugins with the same settings. */
abstract class Host implements AutoCloseable {

    static final Duration SETUP_LIMIT = Duration.ofMillis(300);
    static final Duration TEARDOWN_DEADLINE = Duration.ofSeconds(4);
    static final Duration RESTART_BACKOFF = Duration.ofMillis(20);
    static final int MAX_RESTARTS = 3;

    final Plugins plugins;
    final Events events = new Events();
    private boolean closed;
    private final Map<String, Calls> calls = new ConcurrentHashMap<>();

    Host(Plugins plugins) {
        this.plugins = plugins;
    }

    /** Returns what an extension has counted itself. */
    final Calls calls(String extension) {
        return calls.computeIfAbsent(extension, unused -> new Calls());
    }

    final SetupEnv environment(String extension) {
        return new SetupEnv("cell", Path.of("unused"), Map.of(Calls.KEY, calls(extension)));
    }

    /** Updates a plugin while the host runs. */
    final void update(String plugin, Path jar) {
        plugins.deploy(plugin, jar);
        restart(plugin, "updated to " + jar.getFileName());
    }

    abstract ExtensionGuard guard();

    abstract void restart(String extension, String reason);

    /** Stops the extensions. PF4J's plugins stay loaded. Does nothing twice. */
    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            stop();
        }
    }

    abstract void stop();

    /** Returns whether an update lets go of the class loader of the version before while the host runs. */
    boolean letsGoWhileItRuns() {
        return true;
    }
}
