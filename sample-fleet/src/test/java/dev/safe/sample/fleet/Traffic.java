package dev.safe.sample.fleet;

import dev.safe.sample.fleet.Loops.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * What the users of a sample host do, and how they are answered. Each answer that is neither right nor allowed throws
 * an {@link AssertionError}. Thread-safe.
 */
final class Traffic implements AutoCloseable {

    /** What the chaos extension's own cell may answer, since it goes up and down with the extension. */
    private static final Set<Integer> REFUSALS = Set.of(502, 503, 504);

    private static final int LARGEST_BODY = 8192;
    private static final int PACKETS_AT_ONCE = 16;

    /** What was sent to a cell, and what came back. */
    static final class Exchange {

        final LongAdder sent = new LongAdder();
        final LongAdder right = new LongAdder();

        /** By status and message. */
        final Map<String, LongAdder> refused = new ConcurrentSkipListMap<>();

        /** Refused or without an answer, since the host was told to stop. */
        final LongAdder cut = new LongAdder();

        long refusals() {
            return refused.values().stream().mapToLong(LongAdder::sum).sum();
        }

        @Override
        public String toString() {
            return "%d sent, %d right, %d refused %s, %d cut off by the stop"
                    .formatted(sent.sum(), right.sum(), refusals(), refused, cut.sum());
        }
    }

    final Exchange echo = new Exchange();
    final Exchange counter = new Exchange();
    final Exchange victim = new Exchange();

    /** Requests that no cell is to answer. */
    final Exchange mistaken = new Exchange();

    final Exchange packets = new Exchange();

    private final URI host;
    private final DatagramSocket socket;
    private final int udpPort;

    /** Packets without an answer. One may come late. Used by one thread only. */
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    private volatile boolean stopping;

    Traffic(URI host, int udpPort) throws IOException {
        this.host = host;
        this.udpPort = udpPort;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(5_000);
    }

    /** Starts all users. The pauses leave room for others on a small machine. */
    void start(Loops loops) {
        Duration pause = Duration.ofMillis(4);
        loops.start("echo-1", pause, this::echo);
        loops.start("echo-2", pause, this::echo);
        loops.start("counter", pause, new Counting());
        loops.start("victim", pause, () -> isVictimWell());
        // No more than four in 30 s together, since a cell that traps more than five times in that time fails for good.
        loops.start("trap", Duration.ofSeconds(20), () -> askVictim("trap", answer -> false));
        loops.start("runaway", Duration.ofSeconds(20), () -> askVictim("loop", answer -> false));
        loops.start("packets", Duration.ofMillis(20), this::sendPackets);
        loops.start("operator", Duration.ofSeconds(1), this::operate);
    }

    private void echo() {
        String body = "echo " + "x".repeat((int) (echo.sent.sum() * 31 % (LARGEST_BODY - 100))) + " " + echo.sent.sum();
        ask(echo, "echo", body, body::equals, Set.of());
    }

    /** Asks the counter, whose count only ever rises. */
    private final class Counting implements Step {

        private long last;

        @Override
        public void run() {
            ask(counter, "counter", "", this::isMore, Set.of());
        }

        private boolean isMore(String answer) {
            long before = last;
            last = Long.parseLong(answer);
            return last > before;
        }
    }

    /** Asks the cell that the chaos extension feeds. Returns whether it was answered. */
    boolean isVictimWell() {
        String body = "victim " + victim.sent.sum();
        return askVictim(body, body::equals);
    }

    private boolean askVictim(String body, Predicate<String> isRight) {
        return ask(victim, "victim", body, isRight, REFUSALS);
    }

    private boolean ask(Exchange exchange, String cell, String body, Predicate<String> isRight, Set<Integer> refusals) {
        exchange.sent.increment();
        try {
            HttpResponse<String> answer = Web.post(host.resolve("/cells/" + cell), body);
            boolean right = answer.statusCode() == 200 && isRight.test(answer.body());
            if (right) {
                exchange.right.increment();
            } else if (isRefusedToStop(answer.statusCode())) {
                exchange.cut.increment();
            } else if (refusals.contains(answer.statusCode())) {
                String why = answer.statusCode() + " " + answer.body().strip();
                exchange.refused.computeIfAbsent(why, key -> new LongAdder()).increment();
            } else {
                throw new AssertionError("%s was answered %d: %s".formatted(cell, answer.statusCode(), answer.body()));
            }
            return right;
        } catch (UncheckedIOException failed) {
            if (!stopping) {
                throw failed;
            }
            exchange.cut.increment();
            return false;
        }
    }

    private void sendPackets() throws IOException {
        try {
            for (int packet = 0; packet < PACKETS_AT_ONCE; packet++) {
                String payload = "packet " + packets.sent.sum();
                byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
                unanswered.add(payload);
                packets.sent.increment();
                socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), udpPort));
            }
            while (!unanswered.isEmpty()) {
                DatagramPacket answer = new DatagramPacket(new byte[LARGEST_BODY], LARGEST_BODY);
                socket.receive(answer);
                String payload = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
                if (!unanswered.remove(payload)) {
                    throw new AssertionError("nobody has sent the packet " + payload);
                }
                packets.right.increment();
            }
        } catch (SocketTimeoutException lost) {
            // Whether the kernel has dropped it is for the accounts.
        } catch (IOException failed) {
            if (!stopping) {
                throw failed;
            }
        }
    }

    /** Returns the port that answers to packets arrive at. */
    int udpPort() {
        return socket.getLocalPort();
    }

    private void operate() {
        for (String path :
                new String[] {"/cells", "/actuator/health", "/actuator/extensions", "/actuator/prometheus"}) {
            expect(200, path, () -> Web.status(host.resolve(path)));
        }
        mistaken.sent.add(2);
        expect(404, "nobody", () -> Web.post(host.resolve("/cells/nobody"), "").statusCode());
        expect(413, "a large body", () -> Web.post(host.resolve("/cells/echo"), "x".repeat(LARGEST_BODY + 1))
                .statusCode());
        mistaken.right.add(2);
    }

    private interface Status {
        int get();
    }

    private void expect(int status, String what, Status actual) {
        try {
            int answer = actual.get();
            if (answer != status && !isRefusedToStop(answer)) {
                throw new AssertionError("%s was answered %d".formatted(what, answer));
            }
        } catch (UncheckedIOException failed) {
            if (!stopping) {
                throw failed;
            }
        }
    }

    /** Returns whether a request came on a connection that was open when the web server began to stop. */
    private boolean isRefusedToStop(int status) {
        return stopping && status == 503;
    }

    /** Returns how many requests were sent to cells, existing or not. */
    long requests() {
        return echo.sent.sum() + counter.sent.sum() + victim.sent.sum() + mistaken.sent.sum();
    }

    /** Allows requests to be refused and to remain without an answer from now on. */
    void expectStop() {
        stopping = true;
    }

    @Override
    public void close() {
        socket.close();
    }
}
