package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends cells a tick at a fixed period. Skips a tick that was not polled in time. */
public class TimeTick implements ExtensionCapability {

    private final long period;
    private long last = System.nanoTime();
    private long ids;

    /** Creates a ticker with a period. */
    public TimeTick(Duration period) {
        this.period = period.toNanos();
    }

    @Override
    public String name() {
        return "time.tick";
    }

    @Override
    public @Nullable StepEvent poll() {
        long now = System.nanoTime();
        if (now - last < period) {
            return null;
        }
        last = now;
        return new StepEvent("time.tick", new byte[0], ++ids, null);
    }
}
