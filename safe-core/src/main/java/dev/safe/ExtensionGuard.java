package dev.safe;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@SuppressWarnings("DoNotCallSuggester")
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

    /** For integrations: makes a call of an entry point through the boundary of the extension that `capability` is an instance of. */
    public <T> @Nullable Object call(
            ExtensionCapability capability, Phase phase, long id, T invocation, EntryPoint<T> entryPoint)
            throws Throwable {
        throw new UnsupportedOperationException();
    }

    /** Makes an instance known, before it is called; returns the extension's name. `name()` throwing: contained, fallbackName is the identity, the extension is FAILED, a SETUP panic is counted. */
    public String register(ExtensionCapability capability, String fallbackName) {
        throw new UnsupportedOperationException();
    }

    /** Makes an instance (e.g. a proxy) known under a name already known, without reading its name(). */
    public void registerAs(ExtensionCapability capability, String extension) {
        throw new UnsupportedOperationException();
    }

    /** Forgets an extension; listeners get onRemoved. NoSuchElementException for an unknown one. */
    public void remove(String extension) {
        throw new UnsupportedOperationException();
    }

    /** Adds a listener; it is told onRegistered for all there are. */
    public void addListener(GuardListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Replaces all policies; existing boundaries keep counts and quarantine. */
    public void apply(Policies policies) {
        throw new UnsupportedOperationException();
    }

    public void quarantine(String extension, Phase phase, String reason) {
        throw new UnsupportedOperationException();
    }

    public void release(String extension, Phase phase) {
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
        public Builder policies(Policies policies) {
            return this;
        }

        public Builder policy(Phase phase, PhasePolicy policy) {
            return this;
        }

        public Builder policy(String extension, Phase phase, PhasePolicy policy) {
            return this;
        }

        @SafeVarargs
        public final Builder passThrough(Class<? extends Throwable>... types) {
            return this;
        }

        public Builder listener(GuardListener listener) {
            return this;
        }

        public Builder ticker(Ticker ticker) {
            return this;
        }

        public Builder jitter(java.util.function.DoubleSupplier jitter) {
            return this;
        }

        public Builder timers(boolean timers) {
            return this;
        }

        public ExtensionGuard build() {
            return new ExtensionGuard();
        }
    }
}
