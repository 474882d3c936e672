package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.test.ExtensionContract;
import java.time.Duration;

class TimeTickContractTest implements ExtensionContract {

    @Override
    public ExtensionCapability newExtension() {
        return new TimeTick(Duration.ofMillis(1));
    }

    @Override
    public boolean provoke(ExtensionCapability extension) {
        return true; // Time passes by itself.
    }
}
