package dev.safe;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

public final class ExtensionGuard implements AutoCloseable {

    public static ExtensionGuard ofDefaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    public void callSetup(ExtensionCapability capability, SetupEnv env) throws Exception {
        throw new UnsupportedOperationException();
    }

    public @Nullable StepEvent callPoll(ExtensionCapability capability) {
        throw new UnsupportedOperationException();
    }

    public void callFinalize(ExtensionCapability capability, long id) {
        throw new UnsupportedOperationException();
    }

    public void callTeardown(ExtensionCapability capability, TeardownContext context) {
        throw new UnsupportedOperationException();
    }

    public ExtensionCapability guarded(ExtensionCapability capability) {
        throw new UnsupportedOperationException();
    }

    public <F> F hostFunction(String extension, String function, Class<F> type, F body) {
        throw new UnsupportedOperationException();
    }

    public <F> F hostFunction(String extension, String function, Class<F> type, F body, Object onPanic) {
        throw new UnsupportedOperationException();
    }

    public MethodHandle hostFunction(String extension, String function, MethodHandle body) {
        throw new UnsupportedOperationException();
    }

    public MethodHandle hostFunction(String extension, String function, MethodHandle body, Object onPanic) {
        throw new UnsupportedOperationException();
    }

    public void recoverHost(String extension, String function, Throwable panic) {
        throw new UnsupportedOperationException();
    }

    public List<ExtensionSnapshot> snapshots() {
        throw new UnsupportedOperationException();
    }

    public Optional<ExtensionSnapshot> snapshot(String extension) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    public static final class Builder {
        public Builder timers(boolean timers) {
            return this;
        }

        public ExtensionGuard build() {
            return new ExtensionGuard();
        }
    }
}
