package acme.feed;

import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.compat.pf4j.Calls;
import dev.safe.compat.pf4j.CellExtension;
import java.nio.charset.StandardCharsets;
import org.pf4j.Extension;

/** Behaves well: has an event at every other poll. */
@Extension
public class Feed implements CellExtension {

    private Calls calls;
    private long polls;

    @Override
    public String name() {
        return "feed";
    }

    @Override
    public void setup(SetupEnv env) {
        calls = Calls.of(env);
        calls.setups().incrementAndGet();
    }

    @Override
    public StepEvent poll() {
        polls++;
        return polls % 2 == 0
                ? null
                : new StepEvent("rate", Rates.version().getBytes(StandardCharsets.UTF_8), polls, null);
    }

    @Override
    public void finalizeStep(long id) {
        calls.finalized().incrementAndGet();
    }

    @Override
    public void teardown(TeardownContext context) {
        calls.teardowns().incrementAndGet();
    }
}
