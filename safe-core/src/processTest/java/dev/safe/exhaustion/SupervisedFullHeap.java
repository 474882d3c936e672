package dev.safe.exhaustion;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import dev.safe.supervisor.ExtensionSupervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Supervises an extension that fills the heap once it has run for a while, and goes on polling while it is full. */
final class SupervisedFullHeap implements ExtensionCapability {

    private static final int EVENTS = 3000;
    private static final int SMALLEST = 16;

    /** By then all code of the extension has run, which may need memory when it first does. */
    private static final int WARM = 100;

    private static volatile @Nullable List<byte[]> hoard;

    private final StepEvent event = new StepEvent("full", new byte[0], 1, null);
    private final AtomicInteger polled = new AtomicInteger();
    private final AtomicInteger finalized = new AtomicInteger();
    private volatile boolean watched;

    private SupervisedFullHeap() {}

    @Override
    public String name() {
        return "hoarder";
    }

    @Override
    public @Nullable StepEvent poll() {
        if (!watched || polled.get() == EVENTS) {
            return null;
        }
        if (polled.getAndIncrement() == WARM) {
            fill();
        }
        return event;
    }

    private static void fill() {
        List<byte[]> kept = new ArrayList<>(10_000);
        hoard = kept;
        int size = 1 << 20;
        while (size >= SMALLEST) {
            try {
                kept.add(new byte[size]);
            } catch (OutOfMemoryError none) {
                size >>= 1;
            }
        }
    }

    @Override
    public void finalizeStep(long id) {
        finalized.incrementAndGet();
    }

    public static void main(String[] arguments) throws Exception {
        SupervisedFullHeap extension = new SupervisedFullHeap();
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults();
                ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, delivery -> delivery.done())
                        .extension(extension)
                        .teardownDeadline(Duration.ofSeconds(5))
                        .build()) {
            supervisor.start();
            extension.watched = true;
            Thread.sleep(1000); // Lets the loop meet the full heap.
            hoard = null;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (extension.finalized.get() < EVENTS && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            System.out.println("LOOP polled=" + extension.polled + " finalized="
                    + extension.finalized + " state="
                    + guard.snapshot("hoarder").orElseThrow().state());
        }
    }
}
