package dev.safe.exhaustion;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.IntSupplier;

/** Makes enough calls for the JVM to compile what they go through. */
public final class HotCalls {

    private static final int CALLS = 1_000_000;

    private HotCalls() {}

    /**
     * Runs it.
     *
     * @param args none
     */
    public static void main(String[] args) throws Throwable {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        IntSupplier wrapper = guard.hostFunction("hot", "f", IntSupplier.class, () -> 1);
        MethodHandle handle = guard.hostFunction("hot", "f", MethodHandles.constant(int.class, 1));
        int sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += wrapper.getAsInt();
        }
        for (int i = 0; i < CALLS; i++) {
            sum += (int) handle.invokeExact();
        }
        ExtensionCapability guarded = guard.guarded(() -> "hot.extension");
        for (int i = 0; i < CALLS; i++) {
            sum += guarded.poll() == null ? 1 : 0;
            guarded.finalizeStep(i);
        }
        System.out.println("sum " + sum);
        System.exit(0);
    }
}
