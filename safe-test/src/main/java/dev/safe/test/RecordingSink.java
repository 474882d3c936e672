package dev.safe.test;

import dev.safe.StepEvent;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes the events of a supervisor in place of cells, and records them. It finishes each event at once, or holds all
 * events until the test says so, as a host with slow cells would. Thread-safe.
 *
 * @see GuardAssertions#assertThat(RecordingSink)
 * @since 0.1
 */
public final class RecordingSink implements EventSink {

    private final boolean holding;
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private final Queue<Delivery> undone = new ConcurrentLinkedQueue<>();

    private RecordingSink(boolean holding) {
        this.holding = holding;
    }

    /**
     * Creates a sink that finishes each event at once.
     *
     * @return a sink
     */
    public static RecordingSink finishing() {
        return new RecordingSink(false);
    }

    /**
     * Creates a sink that finishes events when {@link #finishAll()} is called.
     *
     * @return a sink
     */
    public static RecordingSink holding() {
        return new RecordingSink(true);
    }

    @Override
    public void accept(Delivery delivery) {
        deliveries.add(delivery);
        if (holding) {
            undone.add(delivery);
        } else {
            delivery.done();
        }
    }

    /** Finishes all events that wait. Later events wait again. */
    public void finishAll() {
        Delivery delivery = undone.poll();
        while (delivery != null) {
            delivery.done();
            delivery = undone.poll();
        }
    }

    /**
     * Returns all events so far.
     *
     * @return the events, in the order in which they came; a copy
     */
    public List<StepEvent> events() {
        return deliveries.stream().map(Delivery::event).toList();
    }

    /**
     * Returns the events of one extension so far.
     *
     * @param extension its name
     * @return the events, in the order in which they came; a copy
     */
    public List<StepEvent> events(String extension) {
        return deliveries.stream()
                .filter(delivery -> delivery.extension().equals(extension))
                .map(Delivery::event)
                .toList();
    }

    /**
     * Returns how many events wait to be finished.
     *
     * @return the number of events
     */
    public int waiting() {
        return undone.size();
    }
}
