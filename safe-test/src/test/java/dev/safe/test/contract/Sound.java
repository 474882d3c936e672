package dev.safe.test.contract;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps the contract. An extension that breaks it overrides one method. */
class Sound implements ExtensionCapability {

    protected final Queue<StepEvent> pending;
    protected final Map<Long, StepEvent> open = new ConcurrentHashMap<>();
    protected final AtomicLong ids = new AtomicLong();
    protected volatile boolean running;

    Sound() {
        this(new ConcurrentLinkedQueue<>());
    }

    /** Creates one whose events are pending in a certain queue, which others may use, too. */
    Sound(Queue<StepEvent> pending) {
        this.pending = pending;
    }

    /** Makes an event happen. */
    public void happen() {
        pending.add(newEvent());
    }

    protected StepEvent newEvent() {
        return new StepEvent("sound.event", new byte[] {1, 2, 3}, ids.incrementAndGet(), null);
    }

    @Override
    public String name() {
        return "sound";
    }

    @Override
    public void setup(SetupEnv env) throws Exception {
        if (!Files.isDirectory(env.storageRoot())) {
            Files.createDirectories(env.storageRoot());
        }
        store(env);
        running = true;
    }

    protected void store(SetupEnv env) throws IOException {
        Files.writeString(env.storageRoot().resolve("state"), "running");
    }

    @Override
    public StepEvent poll() {
        StepEvent event = running ? pending.poll() : null;
        if (event != null) {
            open.put(event.id(), event);
        }
        return event;
    }

    @Override
    public void finalizeStep(long id) {
        open.remove(id);
    }

    @Override
    public void teardown(TeardownContext context) throws Exception {
        running = false;
        pending.clear();
        open.clear();
    }
}
