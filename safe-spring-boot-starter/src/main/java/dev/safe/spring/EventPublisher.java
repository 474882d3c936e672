package dev.safe.spring;

import dev.safe.GuardListener;
import dev.safe.OverrunReport;
import dev.safe.PanicReport;
import dev.safe.QuarantineReport;
import dev.safe.RestartReport;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;

/**
 * Publishes what happens at the boundaries as application events, in the context whose bean the extension is. Spring
 * passes them on to that context's ancestors. If the extension is not a bean, the event is published in the context
 * that came up first among those that share the guard. Thread-safe.
 *
 * @since 0.1
 */
public final class EventPublisher implements GuardListener, ApplicationEventPublisherAware {

    private final ExtensionRegistrar registrar;

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ApplicationEventPublisher events;

    /**
     * Creates the listener.
     *
     * @param registrar knows which extensions are beans of the context
     */
    public EventPublisher(ExtensionRegistrar registrar) {
        this.registrar = registrar;
    }

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher events) {
        this.events = events;
    }

    @Override
    public void onPanic(PanicReport report, Throwable cause) {
        publish(report.extension(), new ExtensionPanicEvent(report));
    }

    @Override
    public void onQuarantined(QuarantineReport report) {
        publish(report.extension(), new ExtensionQuarantinedEvent(report));
    }

    @Override
    public void onReleased(QuarantineReport report) {
        publish(report.extension(), new ExtensionReleasedEvent(report));
    }

    @Override
    public void onRestarted(RestartReport report) {
        publish(report.extension(), new ExtensionRestartedEvent(report));
    }

    @Override
    public void onOverrun(OverrunReport report) {
        publish(report.extension(), new ExtensionOverrunEvent(report));
    }

    private void publish(String extension, Object event) {
        if (registrar.publishes(extension)) {
            events.publishEvent(event);
        }
    }
}
