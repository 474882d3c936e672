package dev.safe.test.contract;

import dev.safe.ExtensionCapability;
import dev.safe.test.ExtensionContract;
import java.time.Duration;

/** Tests a sound extension, unless a subclass makes another one. */
class SoundContract implements ExtensionContract {

    @Override
    public ExtensionCapability newExtension() {
        return new Sound();
    }

    @Override
    public boolean provoke(ExtensionCapability extension) {
        ((Sound) extension).happen();
        return true;
    }

    @Override
    public Duration patience() {
        return Duration.ofMillis(500);
    }
}
