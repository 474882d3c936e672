package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends cells a tick at a fixed period. Skips a tick that was not polled in time. */
public class TimeTick implements ExtensionCapability {

    private final long period;
    private volatile boolean running;
    private long last;
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
    public void setup(SetupEnv env) {
        last = System.nanoTime();
        running = true;
    }

    @Override
    public @Nullable StepEvent poll() {
        long now = System.nanoTime();
        if (!running || now - last < period) {
            return null;
        }
        last = now;
        return new StepEvent("time.tick", new byte[0], ++ids, null);
    }

    @Override
    public void teardown(TeardownContext context) {
        running = false;
    }
}
