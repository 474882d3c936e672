package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.test.ExtensionContract;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

class UdpNetworkContractTest implements ExtensionContract {

    private static final InetAddress LOCALHOST = InetAddress.getLoopbackAddress();

    @Override
    public ExtensionCapability newExtension() {
        return new UdpNetwork(new InetSocketAddress(LOCALHOST, 0), 1_024);
    }

    @Override
    public boolean provoke(ExtensionCapability extension) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] payload = {1, 2, 3};
            socket.send(new DatagramPacket(payload, payload.length, LOCALHOST, ((UdpNetwork) extension).port()));
        }
        return true;
    }
}
