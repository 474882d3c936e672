package dev.safe.compat.pf4j;

import dev.safe.SetupEnv;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the calls that have reached an extension, as the extension sees it. It survives each of its instances.
 *
 * @param setups how often it was set up
 * @param polls how often it was polled, for extensions that count it
 * @param finalized how many events were finalized
 * @param teardowns how often it was torn down
 */
public record Calls(AtomicLong setups, AtomicLong polls, AtomicLong finalized, AtomicLong teardowns) {

    static final String KEY = "calls";

    Calls() {
        this(new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong());
    }

    /** Returns the counts that an extension is set up with. */
    public static Calls of(SetupEnv env) {
        return (Calls) env.config().get(KEY);
    }
}
