package dev.safe.sample.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Orders chaos of each kind in each phase, and restarts. Not thread-safe but for what its loops do. */
final class Havoc {

    static final List<String> PHASES = List.of("setup", "poll", "finalize", "teardown", "host");
    static final List<String> KINDS = List.of("runtime", "error", "linkage", "stackoverflow", "hang", "checked");

    private static final int MOST_TIMES = 8;

    private record Chaos(String phase, String kind) {}

    private record Order(String kind, long left) {}

    private final URI host;
    private final Random random = new Random(4711);

    /** Each kind in each phase, in any order. */
    private final List<Chaos> toDo = new ArrayList<>();

    /** The orders that are counted, as they were when they were last seen. */
    private final Map<String, Order> orders = new HashMap<>();

    private final SortedMap<String, Long> struck = new TreeMap<>();

    private volatile boolean stopping;

    Havoc(URI host) {
        this.host = host;
    }

    void start(Loops loops) {
        loops.start("orders", Duration.ofMillis(100), () -> unlessStopping(this::order));
        loops.start(
                "restarts",
                Duration.ofSeconds(1),
                () -> unlessStopping(() -> done(Web.post(host.resolve("/chaos/restart"), ""))));
    }

    private void unlessStopping(Runnable order) {
        try {
            order.run();
        } catch (RuntimeException | AssertionError failed) {
            if (!stopping) {
                throw failed;
            }
        }
    }

    /** Allows orders to be refused and to remain without an answer from now on. */
    void expectStop() {
        stopping = true;
    }

    private synchronized void order() {
        count(Web.get(host.resolve("/chaos")));
        if (toDo.isEmpty()) {
            PHASES.forEach(phase -> KINDS.forEach(kind -> toDo.add(new Chaos(phase, kind))));
            Collections.shuffle(toDo, random);
        }
        Chaos next = toDo.remove(toDo.size() - 1);
        String phase = next.phase;
        String kind = next.kind;
        if (random.nextInt(10) == 0) {
            orders.remove(phase);
            order(phase, kind, "\"until\": \"restart\"");
        } else {
            int times = 1 + random.nextInt(MOST_TIMES);
            orders.put(phase, new Order(kind, times));
            order(phase, kind, "\"times\": " + times);
        }
    }

    private void order(String phase, String kind, String length) {
        done(Web.post(
                host.resolve("/chaos"), "{\"phase\": \"%s\", \"kind\": \"%s\", %s}".formatted(phase, kind, length)));
    }

    private static void done(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** Counts what has struck since it was last counted. What struck between that and the next order is left out. */
    private void count(JsonNode left) {
        orders.replaceAll((phase, order) -> {
            long times = left.get(phase).get("times").asLong();
            struck.merge(phase + " " + order.kind, order.left - times, Long::sum);
            return new Order(order.kind, times);
        });
        struck.values().removeIf(times -> times == 0);
    }

    /** Returns how often each kind has struck in each phase, at least. */
    synchronized SortedMap<String, Long> struck() {
        return new TreeMap<>(struck);
    }

    /** Ends all orders, and waits until the extension is well again. */
    synchronized void end() {
        orders.clear();
        PHASES.forEach(phase -> order(phase, "runtime", "\"times\": 0"));
        await("a chaos extension that is well").atMost(60, SECONDS).until(() -> Web.get(
                        host.resolve("/actuator/extensions/chaos"))
                .get("state")
                .asString()
                .equals("RUNNING"));
    }
}
