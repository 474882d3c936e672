package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.test.FaultyExtension;
import dev.safe.test.Injection;
import dev.safe.test.Schedule;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Misbehaves on demand, on its next calls of a phase. Meanwhile it feeds a cell of its own.
 *
 * <p>Setup and teardown declare the checked exception that they may throw. The proxy of this class would hide it in an
 * {@link java.lang.reflect.UndeclaredThrowableException} otherwise.
 */
public class Chaos implements ExtensionCapability {

    /** Names this extension. */
    public static final String NAME = "chaos";

    private static final long PERIOD = Duration.ofMillis(10).toNanos();

    /**
     * Says how to misbehave in a phase.
     *
     * @param kind how to misbehave
     * @param times how many more times
     */
    public record Order(ChaosKind kind, int times) {}

    private record Injected(ChaosKind kind, int times, Injection injection) {

        Order left() {
            return new Order(kind, Math.toIntExact(times - injection.strikes()));
        }
    }

    private final FaultyExtension faulty =
            FaultyExtension.builder(NAME).events(this::event).build();
    private final Map<Phase, Injected> injected = new EnumMap<>(Phase.class);
    private volatile boolean running;
    private long lastEvent;
    private long ids;

    @Override
    public String name() {
        return NAME;
    }

    /** Makes the next calls of a phase misbehave. Replaces an earlier order for the phase. */
    public void order(Phase phase, ChaosKind kind, int times) {
        synchronized (injected) {
            Injected before = injected.get(phase);
            if (before != null) {
                before.injection.remove();
            }
            injected.put(phase, new Injected(kind, times, faulty.inject(phase, kind.fault(), Schedule.times(times))));
        }
    }

    /** Returns the orders that are left, by phase. */
    public Map<Phase, Order> orders() {
        Map<Phase, Order> orders = new EnumMap<>(Phase.class);
        synchronized (injected) {
            injected.forEach((phase, order) -> orders.put(phase, order.left()));
        }
        return orders;
    }

    @Override
    public void setup(SetupEnv env) throws IOException {
        faulty.setup(env);
        lastEvent = System.nanoTime();
        running = true;
    }

    @Override
    public @Nullable StepEvent poll() {
        return faulty.poll();
    }

    private @Nullable StepEvent event() {
        long now = System.nanoTime();
        if (!running || now - lastEvent < PERIOD) {
            return null;
        }
        lastEvent = now;
        return new StepEvent("chaos.event", new byte[0], ++ids, null);
    }

    @Override
    public void finalizeStep(long id) {
        faulty.finalizeStep(id);
    }

    @Override
    public void teardown(TeardownContext context) throws IOException {
        running = false;
        faulty.teardown(context);
    }

    /** Runs as the host function that its cell calls. */
    public int call() {
        return faulty.hostFunction();
    }
}
