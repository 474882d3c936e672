package dev.safe.sample.extension;

import dev.safe.ExtensionCapability;
import dev.safe.test.ExtensionContract;

class ChaosContractTest implements ExtensionContract {

    @Override
    public ExtensionCapability newExtension() {
        return new Chaos();
    }

    @Override
    public boolean provoke(ExtensionCapability extension) {
        return true; // Time passes by itself.
    }
}
