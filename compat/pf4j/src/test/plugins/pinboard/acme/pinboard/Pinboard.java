package acme.pinboard;

import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.compat.pf4j.Calls;
import dev.safe.compat.pf4j.CellExtension;
import org.pf4j.Extension;

/** Leaves references to itself wherever it passes, and implements an interface that the host cannot see. */
@Extension
public class Pinboard implements CellExtension, Pin {

    private static final ThreadLocal<Note> LAST = new ThreadLocal<>();

    private Calls calls;

    @Override
    public String name() {
        return "pinboard";
    }

    @Override
    public void setup(SetupEnv env) {
        calls = Calls.of(env);
        calls.setups().incrementAndGet();
        litter();
    }

    @Override
    public StepEvent poll() {
        calls.polls().incrementAndGet();
        litter();
        throw new LooseNoteException(this);
    }

    @Override
    public void teardown(TeardownContext context) {
        calls.teardowns().incrementAndGet();
        litter();
        throw new LooseNoteException(this);
    }

    @Override
    public Note stick() {
        return LAST.get();
    }

    private static void litter() {
        LAST.set(new Note("do not forget me"));
        Thread.currentThread().setContextClassLoader(Pinboard.class.getClassLoader());
        Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> LAST.remove());
    }
}
