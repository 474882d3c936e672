package dev.safe.faults;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** An appender that may fail, attached to a logger of ours while it is open. */
final class FaultyLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Faults faults;
    private final Logger logger;

    FaultyLog(Faults faults, String logger) {
        this.faults = faults;
        this.logger = (Logger) LoggerFactory.getLogger(logger);
        start();
        this.logger.addAppender(this);
    }

    /** Fails as a whole, since the base class contains what {@code append} throws. */
    @Override
    public void doAppend(ILoggingEvent event) {
        faults.at(Place.LOG);
    }

    @Override
    protected void append(ILoggingEvent event) {
        throw new AssertionError("not called");
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        stop();
    }
}
