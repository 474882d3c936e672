package dev.safe.sample.host;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.StepEvent;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.CellSnapshot;
import dev.safe.sample.cell.CellState;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.SmartLifecycle;

/**
 * Passes each event to the cells that its extension feeds. Besides the cells themselves, this is all that a host has to
 * write: the supervisor sets the extensions up, polls them, and restarts what does not recover.
 *
 * <p>The cells start before the extensions and stop after them, so that they handle what is still in flight. Thread-safe.
 */
public final class Cells implements EventSink, SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Cells.class);

    /** Before the supervisor, whose phase is 0. */
    private static final int PHASE = -1;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Set<ExtensionState> UP =
            EnumSet.of(ExtensionState.RUNNING, ExtensionState.QUARANTINED, ExtensionState.STUCK);

    private final ExtensionGuard guard;
    private final Map<String, Cell> cells;
    private final Map<String, List<String>> extensionsByCell;
    private final Map<String, List<Cell>> cellsByExtension;
    private final Map<String, LongAdder> eventsByExtension;
    private volatile boolean running;

    /**
     * Creates cells that have not started.
     *
     * @param extensions all that there are
     */
    public Cells(
            HostProperties properties,
            Collection<? extends ExtensionCapability> extensions,
            ExtensionGuard guard,
            Map<String, Cell> cells) {
        this.guard = guard;
        this.cells = new LinkedHashMap<>(cells);
        this.extensionsByCell = properties.cells().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, cell -> cell.getValue().extensions()));
        List<String> names = extensions.stream().map(ExtensionCapability::name).toList();
        extensionsByCell.forEach((cell, feeding) -> check(cell, feeding, names));
        this.cellsByExtension = names.stream().collect(Collectors.toMap(name -> name, this::fedBy));
        this.eventsByExtension = names.stream().collect(Collectors.toMap(name -> name, name -> new LongAdder()));
    }

    private static void check(String cell, List<String> feeding, List<String> extensions) {
        for (String extension : feeding) {
            if (!extensions.contains(extension)) {
                throw new InvalidConfigurationPropertyValueException(
                        "host.cells.%s.extensions".formatted(cell),
                        extension,
                        "There is no such extension. There are " + extensions + ".");
            }
        }
    }

    private List<Cell> fedBy(String extension) {
        return cells.values().stream()
                .filter(cell -> extensionsOf(cell).contains(extension))
                .toList();
    }

    private List<String> extensionsOf(Cell cell) {
        return extensionsByCell.getOrDefault(cell.name(), List.of());
    }

    @Override
    public void accept(Delivery delivery) {
        count(delivery.extension());
        String only = delivery.event().cellId();
        List<Cell> receivers = cellsByExtension.getOrDefault(delivery.extension(), List.of()).stream()
                .filter(cell -> only == null || only.equals(cell.name()))
                .filter(cell -> missing(cell).isEmpty())
                .toList();
        if (receivers.isEmpty()) {
            delivery.done();
        } else {
            Delivery shared =
                    receivers.size() == 1 ? delivery : new Shared(delivery, new AtomicInteger(receivers.size()));
            receivers.forEach(cell -> cell.offer(shared));
        }
    }

    private void count(String extension) {
        LongAdder events = eventsByExtension.get(extension);
        if (events != null) {
            events.increment();
        }
    }

    /** Is done when the last of several cells is done with it. */
    private record Shared(Delivery delivery, AtomicInteger undone) implements Delivery {

        @Override
        public String extension() {
            return delivery.extension();
        }

        @Override
        public StepEvent event() {
            return delivery.event();
        }

        @Override
        public void done() {
            if (undone.decrementAndGet() == 0) {
                delivery.done();
            }
        }
    }

    /** Returns the names of the extensions, whether they feed a cell or not. */
    public Set<String> extensions() {
        return eventsByExtension.keySet();
    }

    /** Returns how many events an extension has emitted, those that no cell took among them. */
    public long events(String extension) {
        LongAdder events = eventsByExtension.get(extension);
        return events == null ? 0 : events.sum();
    }

    /** Returns whether an extension is set up. */
    public boolean isUp(String extension) {
        return guard.state(extension).filter(UP::contains).isPresent();
    }

    private Optional<String> missing(Cell cell) {
        return extensionsOf(cell).stream().filter(name -> !isUp(name)).findFirst();
    }

    /** Returns the cell of a name, if the extension feeds it. */
    public Optional<Cell> find(String name, String extension) {
        return cellsByExtension.getOrDefault(extension, List.of()).stream()
                .filter(cell -> cell.name().equals(name))
                .findFirst();
    }

    /** Describes a cell. One that runs has failed nevertheless while an extension that feeds it is not set up. */
    public CellSnapshot snapshot(Cell cell) {
        CellSnapshot snapshot = cell.snapshot();
        return snapshot.state() != CellState.RUNNING
                ? snapshot
                : missing(cell)
                        .map(extension -> snapshot.failed("extension " + extension + " is not set up"))
                        .orElse(snapshot);
    }

    /** Describes each cell, by name. */
    public Map<String, CellSnapshot> snapshots() {
        Map<String, CellSnapshot> snapshots = new LinkedHashMap<>();
        cells.forEach((name, cell) -> snapshots.put(name, snapshot(cell)));
        return snapshots;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void start() {
        cells.values().forEach(Cell::start);
        running = true;
        logger.info("Started the cells {}", cells.keySet());
    }

    @Override
    public void stop() {
        running = false;
        cells.values().forEach(Cell::stop);
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (Cell cell : cells.values()) {
                // Never 0, which would wait for ever.
                cell.join(Duration.ofNanos(Math.max(end - System.nanoTime(), 1_000_000)));
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
