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

/**
 * Passes UDP packets to cells, and sends their packets back. Answers a packet that is too large with an error message.
 */
public class UdpNetwork implements ExtensionCapability {

    /** Names this extension. */
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

    /** Creates an extension that receives at an address. */
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
        logger.info("Receives packets at {}", opened.getLocalAddress());
    }

    /** Returns the port it receives at, once it is set up. */
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

    /** Sends a packet to the sender of another. Returns whether it was sent. */
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

    /**
     * Sends a packet and reports a failure only as false. UDP guarantees nothing, and a sender may have lied about its
     * address.
     */
    private boolean transmit(ByteBuffer payload, SocketAddress receiver) {
        boolean empty = !payload.hasRemaining();
        try {
            return open().send(payload, receiver) > 0 || empty;
        } catch (IOException refused) {
            logger.debug("Could not send a packet to {}", receiver, refused);
            return false;
        }
    }

    /** Returns how many received packets were too large. */
    public long oversized() {
        return oversized.get();
    }

    /** Returns how many packets of cells were too large or refused by the system. */
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
            channel = null;
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
