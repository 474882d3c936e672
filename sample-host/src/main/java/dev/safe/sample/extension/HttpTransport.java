package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Passes HTTP requests to cells. The cell's reply answers a request. The end of its step releases it, with or without a
 * reply.
 */
public class HttpTransport implements ExtensionCapability {

    /** Names this extension. */
    public static final String NAME = "transport.http";

    private final Queue<StepEvent> accepted;
    private final Map<Long, CompletableFuture<byte[]>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final Duration deadline;

    /** Creates the transport, which queues up to {@code capacity} requests and answers each within the deadline. */
    public HttpTransport(int capacity, Duration deadline) {
        this.accepted = new ArrayBlockingQueue<>(capacity);
        this.deadline = deadline;
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Passes a request to a cell.
     *
     * @return its answer; fails with a {@link TimeoutException} past the deadline, with an {@link
     *     UnansweredException} if the cell finished without an answer, and with a {@link RejectedExecutionException} if
     *     too many requests wait
     */
    public CompletableFuture<byte[]> request(String cell, byte[] body) {
        long id = ids.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        unanswered.put(id, answer);
        if (!accepted.offer(new StepEvent("http.request", body, id, cell))) {
            answer.completeExceptionally(new RejectedExecutionException("too many requests wait"));
        }
        // Returns the answer itself: a dependent future would wrap its failure.
        var unused = answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answered, thrown) -> unanswered.remove(id));
        return answer;
    }

    /** Answers a request. Returns whether it still waited for an answer. */
    public boolean reply(long id, byte[] body) {
        CompletableFuture<byte[]> answer = unanswered.remove(id);
        return answer != null && answer.complete(body);
    }

    @Override
    public @Nullable StepEvent poll() {
        StepEvent next = accepted.poll();
        while (next != null && !unanswered.containsKey(next.id())) {
            next = accepted.poll(); // Nobody waits for this request any more.
        }
        return next;
    }

    @Override
    public void finalizeStep(long id) {
        CompletableFuture<byte[]> answer = unanswered.remove(id);
        if (answer != null) {
            answer.completeExceptionally(new UnansweredException());
        }
    }
}
