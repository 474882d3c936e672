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

    private final InetSocketAddress address;
    private final int maxPayload;
    private final ByteBuffer received = ByteBuffer.allocate(LARGEST_PACKET);
    private final Map<Long, SocketAddress> senders = new ConcurrentHashMap<>();
    private final AtomicLong oversized = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private volatile @Nullable DatagramChannel channel;
    private long ids;

    /** Receives at an address. */
    public UdpNetwork(InetSocketAddress address, int maxPayload) {
        this.address = address;
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

    @Override
    public @Nullable StepEvent poll() {
        try {
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
            transmit(StandardCharsets.US_ASCII.encode(answer), sender);
            return null;
        }
        long id = ++ids;
        senders.put(id, sender);
        return new StepEvent("udp.packet", payload, id, null);
    }

    /** Sends a packet to the sender of another; tells whether it did. */
    public boolean send(long id, byte[] payload) {
        SocketAddress sender = senders.get(id);
        if (sender == null) {
            return false;
        }
        boolean sent = payload.length <= maxPayload && transmit(ByteBuffer.wrap(payload), sender);
        if (!sent) {
            unsent.incrementAndGet();
        }
        return sent;
    }

    /** It is UDP: nobody waits. A sender may have lied about its address, which is no failure of this extension's. */
    private boolean transmit(ByteBuffer payload, SocketAddress receiver) {
        boolean empty = !payload.hasRemaining();
        try {
            return open().send(payload, receiver) > 0 || empty;
        } catch (IOException refused) {
            logger.debug("Could not send a packet to {}", receiver, refused);
            return false;
        }
    }

    /** How many packets were received that were too large. */
    public long oversized() {
        return oversized.get();
    }

    /** How many packets of cells were too large, or not taken by the system. */
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
            closing.close();
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
