package dev.safe.spring;

import dev.safe.GuardListener;
import dev.safe.OverrunReport;
import dev.safe.PanicReport;
import dev.safe.QuarantineReport;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;

/**
 * Publishes what happens at the boundaries as application events. Thread-safe.
 *
 * @since 0.1
 */
public final class EventPublisher implements GuardListener, ApplicationEventPublisherAware {

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ApplicationEventPublisher events;

    /** Creates the listener. */
    public EventPublisher() {}

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher events) {
        this.events = events;
    }

    @Override
    public void onPanic(PanicReport report, Throwable cause) {
        events.publishEvent(new ExtensionPanicEvent(report));
    }

    @Override
    public void onQuarantined(QuarantineReport report) {
        events.publishEvent(new ExtensionQuarantinedEvent(report));
    }

    @Override
    public void onReleased(QuarantineReport report) {
        events.publishEvent(new ExtensionReleasedEvent(report));
    }

    @Override
    public void onOverrun(OverrunReport report) {
        events.publishEvent(new ExtensionOverrunEvent(report));
    }
}
