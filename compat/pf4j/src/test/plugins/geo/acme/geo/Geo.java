package acme.geo;

import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.compat.pf4j.Calls;
import dev.safe.compat.pf4j.CellExtension;
import java.nio.charset.StandardCharsets;
import org.pf4j.Extension;

/** Needs a class at every other poll, which are the polls that it counts. */
@Extension
public class Geo implements CellExtension {

    private Calls calls;
    private long polls;

    @Override
    public String name() {
        return "geo";
    }

    @Override
    public void setup(SetupEnv env) {
        calls = Calls.of(env);
        calls.setups().incrementAndGet();
    }

    @Override
    public StepEvent poll() {
        polls++;
        if (polls % 2 == 0) {
            return null;
        }
        calls.polls().incrementAndGet();
        return new StepEvent("place", new Projection().here().getBytes(StandardCharsets.UTF_8), polls, null);
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
