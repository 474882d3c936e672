package dev.safe.supervisor;

/**
 * Takes the events that extensions poll, and passes them to the host's cells.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface EventSink {

    /**
     * Takes an event, on the thread of the extension's loop. The loop polls again only after this returns. May hand the
     * delivery to any thread. An event that nobody wants has to be {@linkplain Delivery#done() done}, too.
     *
     * <p>What this throws is logged, and the event is finalized.
     *
     * @param delivery the event
     */
    void accept(Delivery delivery);
}
