package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Misbehaves when told to, on its next calls of a phase. All the while it feeds a cell of its own. */
public class Chaos implements ExtensionCapability {

    /** The name of this extension. */
    public static final String NAME = "chaos";

    private static final long PERIOD = Duration.ofMillis(10).toNanos();

    /**
     * What is still to be done in a phase.
     *
     * @param kind how to misbehave
     * @param times how often still
     */
    public record Order(ChaosKind kind, int times) {}

    private final Map<Phase, Order> orders = new EnumMap<>(Phase.class);
    private long lastEvent = System.nanoTime();
    private long ids;

    @Override
    public String name() {
        return NAME;
    }

    /** Misbehave so often from now on, in place of what was still to be done in that phase. */
    public void order(Phase phase, ChaosKind kind, int times) {
        synchronized (orders) {
            orders.put(phase, new Order(kind, times));
        }
    }

    /** What is still to be done. */
    public Map<Phase, Order> orders() {
        synchronized (orders) {
            return new EnumMap<>(orders);
        }
    }

    @Override
    public void setup(SetupEnv env) {
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
    public void teardown(TeardownContext context) {
        act(Phase.TEARDOWN);
    }

    /** The host function that its cell calls. */
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
