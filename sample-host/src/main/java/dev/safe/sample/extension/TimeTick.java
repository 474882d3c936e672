package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells cells that time passes. A tick that nobody took in time is skipped, not made up for. */
public class TimeTick implements ExtensionCapability {

    private final long period;
    private long last = System.nanoTime();
    private long ids;

    /** Ticks once in a period. */
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
