package dev.safe.supervisor;

import dev.safe.StepEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that knows the ticket that it is open with. It is the only object that an event costs. Thread-safe once it is
 * open.
 *
 * <p>It is made before the event is polled, so that no event is lost for want of memory.
 */
final class OpenDelivery implements Delivery {

    private final Incarnation incarnation;
    private @Nullable StepEvent event;
    private long ticket;

    OpenDelivery(Incarnation incarnation) {
        this.incarnation = incarnation;
    }

    /** Sets its event and its ticket, on the loop's thread, before anyone sees it. */
    OpenDelivery of(StepEvent polled, long issued) {
        event = polled;
        ticket = issued;
        return this;
    }

    long ticket() {
        return ticket;
    }

    @Override
    public String extension() {
        return incarnation.name();
    }

    @Override
    public StepEvent event() {
        return Objects.requireNonNull(event);
    }

    @Override
    public void done() {
        incarnation.done(this);
    }

    @Override
    public String toString() {
        return "Delivery[extension=%s, event=%s]".formatted(extension(), event);
    }
}
