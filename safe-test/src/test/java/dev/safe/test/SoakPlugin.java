package dev.safe.test;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Has an event ten thousand times a second at most, misbehaves as it is told, and counts what is done with its events. */
public final class SoakPlugin implements ExtensionCapability {

    private static final long PERIOD = 100_000;

    private final FaultyExtension faulty;
    private final SoakCounts counts;
    private final Set<Long> open = ConcurrentHashMap.newKeySet();
    private long ids;
    private long last;

    /** For the loader, which is not of this package. */
    public SoakPlugin(FaultyExtension faulty, SoakCounts counts) {
        this.faulty = faulty;
        this.counts = counts;
    }

    @Override
    public String name() {
        return faulty.name();
    }

    @Override
    public void setup(SetupEnv env) throws Exception {
        faulty.setup(env);
    }

    @Override
    public @Nullable StepEvent poll() {
        faulty.poll();
        long now = System.nanoTime();
        if (now - last < PERIOD) {
            return null;
        }
        last = now;
        StepEvent event = new StepEvent("soak", new byte[0], ++ids, null);
        open.add(event.id());
        counts.polled.increment();
        return event;
    }

    @Override
    public void finalizeStep(long id) {
        (open.remove(id) ? counts.finalized : counts.notOpen).increment();
        faulty.finalizeStep(id);
    }

    @Override
    public void teardown(TeardownContext context) throws Exception {
        faulty.teardown(context);
    }
}
