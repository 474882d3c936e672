package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
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

    private final Map<Phase, Order> orders = new EnumMap<>(Phase.class);
    private long lastEvent = System.nanoTime();
    private long ids;

    @Override
    public String name() {
        return NAME;
    }

    /** Makes the next calls of a phase misbehave. Replaces an earlier order for the phase. */
    public void order(Phase phase, ChaosKind kind, int times) {
        synchronized (orders) {
            orders.put(phase, new Order(kind, times));
        }
    }

    /** Returns the orders that are left, by phase. */
    public Map<Phase, Order> orders() {
        synchronized (orders) {
            return new EnumMap<>(orders);
        }
    }

    @Override
    public void setup(SetupEnv env) throws IOException {
        act(Phase.SETUP);
    }

    @Override
    public @Nullable StepEvent poll() {
        act(Phase.POLL);
        long now = System.nanoTime();
        if (now - lastEvent < PERIOD) {
            return null;
        }
        lastEvent = now;
        return new StepEvent("chaos.event", new byte[0], ++ids, null);
    }

    @Override
    public void finalizeStep(long id) {
        act(Phase.FINALIZE);
    }

    @Override
    public void teardown(TeardownContext context) throws IOException {
        act(Phase.TEARDOWN);
    }

    /** Runs as the host function that its cell calls. */
    public int call() {
        act(Phase.HOST);
        return 1;
    }

    private void act(Phase phase) {
        Order order;
        synchronized (orders) {
            order = orders.get(phase);
            if (order == null || order.times == 0) {
                return;
            }
            orders.put(phase, new Order(order.kind, order.times - 1));
        }
        order.kind.misbehave();
    }
}
