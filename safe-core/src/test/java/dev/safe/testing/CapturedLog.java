package dev.safe.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Captures what guards, or another class, log during a test. Register it as an extension. */
public final class CapturedLog extends ListAppender<ILoggingEvent> implements BeforeEachCallback, AfterEachCallback {

    private final Logger logger;

    /** Captures what guards log. */
    public CapturedLog() {
        this("dev.safe.ExtensionGuard");
    }

    /** Captures what goes to a logger, whose threads may go on while the test reads. */
    public CapturedLog(String logger) {
        this.list = new CopyOnWriteArrayList<>();
        this.logger = (Logger) LoggerFactory.getLogger(logger);
    }

    /** Returns the formatted messages, in order. */
    public List<String> messages() {
        return list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        start();
        logger.addAppender(this);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(this);
        stop();
    }
}
