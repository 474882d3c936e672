package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives cells UDP packets, and sends what they send back. A packet that is too large is answered with just that. */
public class UdpNetwork implements ExtensionCapability {

    /** The name of this extension. */
    public static final String NAME = "network.udp";

    private static final Logger logger = LoggerFactory.getLogger(UdpNetwork.class);
    private static final int LARGEST_PACKET = 65_507;

    private record Packet(ByteBuffer payload, SocketAddress receiver) {}

    private final InetSocketAddress address;
    private final int maxPayload;
    private final ByteBuffer received = ByteBuffer.allocate(LARGEST_PACKET);
    private final Map<Long, SocketAddress> senders = new ConcurrentHashMap<>();
    private final Queue<Packet> unsentPackets;
    private final AtomicLong oversized = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private volatile @Nullable DatagramChannel channel;
    private long ids;

    /** Receives at an address; so many packets may wait to be sent. */
    public UdpNetwork(InetSocketAddress address, int capacity, int maxPayload) {
        this.address = address;
        this.unsentPackets = new ArrayBlockingQueue<>(capacity);
        this.maxPayload = maxPayload;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void setup(SetupEnv env) throws IOException {
        DatagramChannel opened = DatagramChannel.open();
        try {
            opened.configureBlocking(false);
            opened.bind(address);
        } catch (IOException taken) {
            opened.close();
            throw taken;
        }
        channel = opened;
    }

    /** The port it receives at, once it is set up. */
    public int port() throws IOException {
        return ((InetSocketAddress) open().getLocalAddress()).getPort();
    }

    /** Sends what is to be sent, and receives. All of it here, on one thread: a channel is closed by an interrupt. */
    @Override
    public @Nullable StepEvent poll() {
        try {
            flush();
            received.clear();
            SocketAddress sender = open().receive(received);
            return sender == null ? null : accepted(sender);
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
    }

    private @Nullable StepEvent accepted(SocketAddress sender) {
        byte[] payload = new byte[received.flip().remaining()];
        received.get(payload);
        if (payload.length > maxPayload) {
            oversized.incrementAndGet();
            String answer = "a packet must have at most %d bytes, got %d".formatted(maxPayload, payload.length);
            transmit(new Packet(StandardCharsets.US_ASCII.encode(answer), sender));
            return null;
        }
        long id = ++ids;
        senders.put(id, sender);
        return new StepEvent("udp.packet", payload, id, null);
    }

    /** Sends a packet to the sender of another; tells whether it will. */
    public boolean send(long id, byte[] payload) {
        SocketAddress sender = senders.get(id);
        if (sender == null) {
            return false;
        }
        boolean sent =
                payload.length <= maxPayload && unsentPackets.offer(new Packet(ByteBuffer.wrap(payload), sender));
        if (!sent) {
            unsent.incrementAndGet();
        }
        return sent;
    }

    private void flush() {
        for (Packet packet = unsentPackets.poll(); packet != null; packet = unsentPackets.poll()) {
            transmit(packet);
        }
    }

    /** It is UDP: nobody waits. A sender may have lied about its address, which is no failure of this extension's. */
    private void transmit(Packet packet) {
        try {
            boolean empty = !packet.payload.hasRemaining();
            if (open().send(packet.payload, packet.receiver) > 0 || empty) {
                return;
            }
            logger.debug("There is no room to send a packet to {}", packet.receiver);
        } catch (IOException refused) {
            logger.debug("Could not send a packet to {}", packet.receiver, refused);
        }
        unsent.incrementAndGet();
    }

    /** How many packets were received that were too large. */
    public long oversized() {
        return oversized.get();
    }

    /** How many packets of cells were too large or too many to be sent. */
    public long unsent() {
        return unsent.get();
    }

    @Override
    public void finalizeStep(long id) {
        senders.remove(id);
    }

    @Override
    public void teardown(TeardownContext context) throws IOException {
        DatagramChannel closing = channel;
        if (closing != null) {
            try (closing) {
                flush();
            }
        }
    }

    private DatagramChannel open() {
        DatagramChannel current = channel;
        if (current == null) {
            throw new IllegalStateException(NAME + " is not set up");
        }
        return current;
    }
}
