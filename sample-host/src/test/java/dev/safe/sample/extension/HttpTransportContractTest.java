package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.test.ExtensionContract;
import java.time.Duration;

class HttpTransportContractTest implements ExtensionContract {

    @Override
    public ExtensionCapability newExtension() {
        return new HttpTransport(16, Duration.ofSeconds(10));
    }

    @Override
    public boolean provoke(ExtensionCapability extension) {
        ((HttpTransport) extension).request("echo", new byte[] {1, 2, 3});
        return true;
    }
}
