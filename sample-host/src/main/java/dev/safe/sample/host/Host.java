package dev.safe.sample.host;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.TeardownContext;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.CellState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts extensions, then cells, then poll loops; stops them the other way round. Comes before the web server and goes after
 * it. Thread-safe.
 */
public class Host implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Host.class);

    private final HostProperties properties;
    private final Map<String, ExtensionCapability> extensions = new LinkedHashMap<>();
    private final Map<String, Cell> cells;
    private final Map<String, PollLoop> loops = new LinkedHashMap<>();
    private volatile boolean running;

    /** A host that has not started. */
    public Host(HostProperties properties, List<ExtensionCapability> extensions, Map<String, Cell> cells) {
        this.properties = properties;
        this.cells = cells;
        extensions.forEach(extension -> this.extensions.put(extension.name(), extension));
        properties
                .cells()
                .forEach((cell, cellProperties) -> cellProperties.extensions().forEach(name -> {
                    if (!this.extensions.containsKey(name)) {
                        throw new IllegalArgumentException(
                                "'host.cells.%s.extensions' must name extensions there are, %s, got %s"
                                        .formatted(cell, this.extensions.keySet(), name));
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
                .filter(cell -> cell.state() != CellState.FAILED) // for want of an extension
                .forEach(Cell::start);
        ready.forEach(this::startLoop);
        running = true;
        logger.info("Feeding the cells {} from {}", cells.keySet(), ready);
    }

    /** Tears an extension down and sets it up again. Tells whether that worked. */
    public synchronized boolean restart(String name) throws InterruptedException {
        PollLoop loop = loops.remove(name);
        if (loop != null) {
            loop.stop(properties.teardownDeadline());
        }
        tearDown(name);
        boolean ready = setUp(name);
        if (ready) {
            fedBy(name).forEach(Cell::start);
            startLoop(name);
        }
        return ready;
    }

    private boolean setUp(String name) {
        ExtensionCapability extension = extensions.get(name);
        if (extension == null) {
            return false;
        }
        try {
            extension.setup(new SetupEnv(name, properties.storage().resolve(name), Map.of()));
            return true;
        } catch (Exception failed) { // Its panic, or the error it returned.
            logger.warn("Extension {} could not be set up: {}", name, failed.toString());
            fedBy(name).forEach(cell -> cell.fail("extension " + name + " could not be set up"));
            return false;
        }
    }

    private void startLoop(String name) {
        ExtensionCapability extension = extensions.get(name);
        if (extension != null) {
            PollLoop loop = new PollLoop(extension, name, fedBy(name));
            loops.put(name, loop);
            loop.start();
        }
    }

    private List<Cell> fedBy(String extension) {
        List<Cell> fed = new ArrayList<>();
        properties.cells().forEach((name, cellProperties) -> {
            Cell cell = cells.get(name);
            if (cell != null && cellProperties.extensions().contains(extension)) {
                fed.add(cell);
            }
        });
        return fed;
    }

    @Override
    public synchronized void stop() {
        running = false;
        try {
            for (PollLoop loop : loops.values()) {
                loop.stop(properties.teardownDeadline());
            }
            for (Cell cell : cells.values()) {
                cell.stop(properties.teardownDeadline());
            }
            for (String name : extensions.keySet()) {
                tearDown(name);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a thread of its own, so that one that hangs is left behind. */
    private void tearDown(String name) throws InterruptedException {
        ExtensionCapability extension = extensions.get(name);
        if (extension == null) {
            return;
        }
        Duration patience = properties.teardownDeadline();
        Thread teardown = new Thread(() -> tearDown(extension, Instant.now().plus(patience)), "teardown-" + name);
        teardown.setDaemon(true);
        teardown.start();
        teardown.join(patience.toMillis());
        if (teardown.isAlive()) {
            logger.warn("Extension {} did not tear down within {}", name, patience);
        }
    }

    private static void tearDown(ExtensionCapability extension, Instant deadline) {
        try {
            extension.teardown(new TeardownContext(deadline));
        } catch (Exception reported) {
            logger.debug("The policy is to throw; it has been logged", reported);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A cell that takes requests of an extension. */
    public Optional<Cell> cell(String name, String extension) {
        return fedBy(extension).stream()
                .filter(cell -> cell.name().equals(name))
                .findFirst();
    }

    /** The cells, by name. */
    public Map<String, Cell> cells() {
        return Collections.unmodifiableMap(cells);
    }
}
