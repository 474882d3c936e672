package dev.safe.sample.extension;

import com.fasterxml.jackson.annotation.JsonInclude;
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
     * Says how to misbehave in a phase, and for how long.
     *
     * @param kind how to misbehave
     * @param times how many more times; null if it lasts until something else
     * @param until what it lasts until; null if it ends by itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Order(
            ChaosKind kind,
            @Nullable Integer times,
            @Nullable String until) {}

    /** An order, and what carries it out; {@code times} is negative if it lasts until a restart. */
    private record Injected(ChaosKind kind, int times, Injection injection) {

        boolean isUntilRestart() {
            return times < 0;
        }

        Order left() {
            return isUntilRestart()
                    ? new Order(kind, null, "restart")
                    : new Order(kind, Math.toIntExact(times - injection.strikes()), null);
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
        inject(phase, kind, times, Schedule.times(times));
    }

    /**
     * Makes all calls of a phase misbehave until this is set up again, as a plugin does that has lost its connection.
     * A setup that misbehaves does so once. Replaces an earlier order for the phase.
     */
    public void orderUntilRestart(Phase phase, ChaosKind kind) {
        inject(phase, kind, -1, Schedule.always());
    }

    private void inject(Phase phase, ChaosKind kind, int times, Schedule schedule) {
        synchronized (injected) {
            Injected before = injected.get(phase);
            if (before != null) {
                before.injection.remove();
            }
            injected.put(phase, new Injected(kind, times, faulty.inject(phase, kind.fault(), schedule)));
        }
    }

    private void endOrdersUntilRestart() {
        synchronized (injected) {
            injected.values().removeIf(order -> {
                if (order.isUntilRestart()) {
                    order.injection.remove();
                }
                return order.isUntilRestart();
            });
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
        try {
            faulty.setup(env);
        } finally {
            endOrdersUntilRestart();
        }
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
