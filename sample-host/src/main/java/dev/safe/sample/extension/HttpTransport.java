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

/** Gives cells HTTP requests. Each is answered by the cell's reply, and released when its step ends, reply or not. */
public class HttpTransport implements ExtensionCapability {

    /** The name of this extension. */
    public static final String NAME = "transport.http";

    private final Queue<StepEvent> accepted;
    private final Map<Long, CompletableFuture<byte[]>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final Duration deadline;

    /** Accepts so many requests, and answers each within the deadline. */
    public HttpTransport(int capacity, Duration deadline) {
        this.accepted = new ArrayBlockingQueue<>(capacity);
        this.deadline = deadline;
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Hands a request to a cell.
     *
     * @return its answer; fails with a {@link TimeoutException} past the deadline, with an {@link UnansweredException}
     *     if the cell has not answered when it is done, and with a {@link RejectedExecutionException} if too many wait
     */
    public CompletableFuture<byte[]> request(String cell, byte[] body) {
        long id = ids.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        unanswered.put(id, answer);
        if (!accepted.offer(new StepEvent("http.request", body, id, cell))) {
            answer.completeExceptionally(new RejectedExecutionException("too many requests wait"));
        }
        // The answer itself, not what depends on it: there, what it failed with would be wrapped.
        var unused = answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answered, thrown) -> unanswered.remove(id));
        return answer;
    }

    /** Answers a request; tells whether it still waited for that. */
    public boolean reply(long id, byte[] body) {
        CompletableFuture<byte[]> answer = unanswered.remove(id);
        return answer != null && answer.complete(body);
    }

    @Override
    public @Nullable StepEvent poll() {
        StepEvent next = accepted.poll();
        while (next != null && !unanswered.containsKey(next.id())) {
            next = accepted.poll(); // Nobody waits for it any more.
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
