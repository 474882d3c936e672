package dev.safe.sample.host;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionPanicException;
import dev.safe.SetupEnv;
import dev.safe.TeardownContext;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.CellState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.SmartLifecycle;

/**
 * Starts extensions, then cells, then poll loops, and stops them in reverse order. Starts before the web server and
 * stops after it. Thread-safe.
 */
public class Host implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Host.class);

    private final HostProperties properties;
    private final Map<String, ExtensionCapability> extensions = new LinkedHashMap<>();
    private final Map<String, Cell> cells;
    private final Map<String, PollLoop> loops = new LinkedHashMap<>();
    private final Set<String> notReady = new HashSet<>();
    private volatile boolean running;

    /** Creates a host that has not started. */
    public Host(HostProperties properties, List<ExtensionCapability> extensions, Map<String, Cell> cells) {
        this.properties = properties;
        this.cells = cells;
        extensions.forEach(extension -> this.extensions.put(extension.name(), extension));
        properties
                .cells()
                .forEach((cell, cellProperties) -> cellProperties.extensions().forEach(name -> {
                    if (!this.extensions.containsKey(name)) {
                        throw new InvalidConfigurationPropertyValueException(
                                "host.cells.%s.extensions".formatted(cell),
                                name,
                                "There is no such extension. There are " + this.extensions.keySet() + ".");
                    }
                }));
    }

    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public synchronized void start() {
        List<String> ready = extensions.keySet().stream().filter(this::setUp).toList();
        cells.values().stream()
                .filter(cell -> cell.state() != CellState.FAILED) // an extension that feeds it was not set up
                .forEach(Cell::start);
        ready.forEach(this::startLoop);
        running = true;
        logger.info("Feeding the cells {} from {}", cells.keySet(), ready);
    }

    /** Tears an extension down and sets it up again. Returns whether the setup succeeded. */
    public synchronized boolean restart(String name) throws InterruptedException {
        PollLoop loop = loops.remove(name);
        if (loop != null) {
            loop.stop();
            loop.join(properties.teardownDeadline());
        }
        tearDown(List.of(name));
        boolean ready = setUp(name);
        if (ready) {
            for (Cell cell : cellsFedBy(name)) {
                restart(cell);
            }
            startLoop(name);
        }
        return ready;
    }

    /** Starts a failed cell again if all of its extensions are set up. */
    private void restart(Cell cell) throws InterruptedException {
        boolean complete = notReady.stream().noneMatch(name -> cellsFedBy(name).contains(cell));
        if (complete && cell.state() == CellState.FAILED) {
            cell.join(properties.teardownDeadline());
            cell.start();
        }
    }

    private boolean setUp(String name) {
        ExtensionCapability extension = extensions.get(name);
        if (extension == null) {
            return false;
        }
        try {
            extension.setup(new SetupEnv(name, properties.storage().resolve(name), Map.of()));
            notReady.remove(name);
            return true;
        } catch (Exception failed) { // The panic, or the error that setup returned.
            logger.warn("Extension {} could not be set up: {}", name, cause(failed));
            notReady.add(name);
            cellsFedBy(name).forEach(cell -> cell.fail("extension " + name + " could not be set up"));
            return false;
        }
    }

    /** Describes what was thrown, without a message of the extension's own: it is not ours to trust, and on the guard's line. */
    private static String cause(Exception failed) {
        Throwable cause = ExtensionPanicException.findIn(failed)
                .map(ExtensionPanicException::value)
                .orElse(failed);
        return cause.getClass().getName();
    }

    private void startLoop(String name) {
        ExtensionCapability extension = extensions.get(name);
        if (extension != null) {
            PollLoop loop = new PollLoop(extension, name, cellsFedBy(name));
            loops.put(name, loop);
            loop.start();
        }
    }

    private List<Cell> cellsFedBy(String extension) {
        List<Cell> fed = new ArrayList<>();
        properties.cells().forEach((name, cellProperties) -> {
            Cell cell = cells.get(name);
            if (cell != null && cellProperties.extensions().contains(extension)) {
                fed.add(cell);
            }
        });
        return fed;
    }

    /** Stops in three steps. Each step has one deadline, however many loops, cells or extensions it waits for. */
    @Override
    public synchronized void stop() {
        running = false;
        try {
            loops.values().forEach(PollLoop::stop);
            joinAll(loops.values(), PollLoop::join);
            cells.values().forEach(Cell::stop);
            joinAll(cells.values(), Cell::join);
            tearDown(extensions.keySet());
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Join<T> {
        void join(T ending, Duration patience) throws InterruptedException;
    }

    private <T> void joinAll(Collection<T> ending, Join<T> join) throws InterruptedException {
        TeardownContext patience = patience();
        for (T each : ending) {
            // Never 0, which would wait for ever.
            join.join(each, patience.remaining().plusMillis(2));
        }
    }

    private TeardownContext patience() {
        return new TeardownContext(Instant.now().plus(properties.teardownDeadline()));
    }

    /** Tears each extension down on its own thread, so that one that hangs is left behind. */
    private void tearDown(Collection<String> names) throws InterruptedException {
        TeardownContext context = patience();
        Map<String, Thread> teardowns = new LinkedHashMap<>();
        for (String name : names) {
            ExtensionCapability extension = extensions.get(name);
            if (extension != null) {
                Thread teardown = new Thread(() -> tearDown(extension, context), "teardown-" + name);
                teardown.setDaemon(true);
                teardown.start();
                teardowns.put(name, teardown);
            }
        }
        for (Map.Entry<String, Thread> teardown : teardowns.entrySet()) {
            teardown.getValue().join(context.remaining().plusMillis(1).toMillis());
            if (teardown.getValue().isAlive()) {
                logger.warn(
                        "Extension {} did not tear down within {}", teardown.getKey(), properties.teardownDeadline());
            }
        }
    }

    private static void tearDown(ExtensionCapability extension, TeardownContext context) {
        try {
            extension.teardown(context);
        } catch (Exception reported) {
            logger.debug("The policy is to throw; it has been logged", reported);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Returns the cell of a name, if the extension feeds it. */
    public Optional<Cell> cell(String name, String extension) {
        return cellsFedBy(extension).stream()
                .filter(cell -> cell.name().equals(name))
                .findFirst();
    }

    /** Returns the cells, by name. */
    public Map<String, Cell> cells() {
        return Collections.unmodifiableMap(cells);
    }
}
