package acme.modem;

import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.compat.pf4j.Calls;
import dev.safe.compat.pf4j.CellExtension;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.pf4j.Extension;

/** Starts a thread, and in version 1 waits for a carrier that never comes. */
@Extension
public class Modem implements CellExtension {

    private final CountDownLatch hangUp = new CountDownLatch(1);
    private Calls calls;
    private Thread line;
    private long polls;

    @Override
    public String name() {
        return "modem";
    }

    @Override
    public void setup(SetupEnv env) throws InterruptedException {
        calls = Calls.of(env);
        calls.setups().incrementAndGet();
        line = new Thread(this::listen, "modem-line");
        line.start();
        if (version().startsWith("1.")) {
            new CountDownLatch(1).await();
        }
    }

    private void listen() {
        try {
            hangUp.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public StepEvent poll() {
        polls++;
        return polls % 2 == 0 ? null : new StepEvent("bits", version().getBytes(StandardCharsets.UTF_8), polls, null);
    }

    private static String version() {
        return Modem.class.getPackage().getImplementationVersion();
    }

    @Override
    public void finalizeStep(long id) {
        calls.finalized().incrementAndGet();
    }

    @Override
    public void teardown(TeardownContext context) throws InterruptedException {
        calls.teardowns().incrementAndGet();
        hangUp.countDown();
        line.join();
    }
}
