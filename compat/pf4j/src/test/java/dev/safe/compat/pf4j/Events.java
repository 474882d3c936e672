package dev.safe.compat.pf4j;

import dev.safe.StepEvent;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts events in place of cells, by extension and content. Keeps nothing of the extension. */
final class Events implements EventSink {

    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    @Override
    public void accept(Delivery delivery) {
        count(delivery.extension(), text(delivery.event())).incrementAndGet();
        delivery.done();
    }

    private static String text(StepEvent event) {
        return new String(event.payload(), StandardCharsets.UTF_8);
    }

    private AtomicLong count(String extension, String content) {
        return counts.computeIfAbsent(extension + ": " + content, unused -> new AtomicLong());
    }

    /** Returns how many events of an extension had this content. */
    long of(String extension, String content) {
        return count(extension, content).get();
    }

    /** Returns how many events an extension has had. */
    long of(String extension) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(extension + ": "))
                .mapToLong(entry -> entry.getValue().get())
                .sum();
    }
}
