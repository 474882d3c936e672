package dev.safe.sample.cell;

import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.TrapException;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/**
 * Provides the host functions of a cell. Each runs code of an extension, wrapped so that what it throws does not reach
 * the guest. Arguments are checked outside the wrapper, since a bad one is a trap of the guest and not a panic of the
 * extension.
 */
final class HostImports {

    private static final Logger logger = LoggerFactory.getLogger(HostImports.class);
    private static final int MAX_LINE = 1024;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
    private static final FunctionType TAKES_BYTES = FunctionType.of(List.of(ValType.I32, ValType.I32), List.of());
    private static final FunctionType GIVES_NUMBER = FunctionType.of(List.of(), List.of(ValType.I32));

    /** Takes the bytes that a guest sends. */
    private interface Sink {
        void accept(byte[] bytes);
    }

    private final ExtensionGuard guard;
    private final String cell;
    private final ExtensionCalls calls;
    private final Supplier<@Nullable StepEvent> current;
    private final Runnable replied;

    HostImports(
            ExtensionGuard guard,
            String cell,
            ExtensionCalls calls,
            Supplier<@Nullable StepEvent> current,
            Runnable replied) {
        this.guard = guard;
        this.cell = cell;
        this.calls = calls;
        this.current = current;
        this.replied = replied;
    }

    ImportValues values() {
        return ImportValues.builder()
                .addFunction(takesBytes("transport.http", "reply", bytes -> forCurrentEvent(calls::reply, bytes)))
                .addFunction(takesBytes("network.udp", "udp_send", bytes -> forCurrentEvent(calls::send, bytes)))
                .addFunction(takesBytes("console", "log", this::log))
                .addFunction(new HostFunction(
                        "host",
                        "chaos",
                        GIVES_NUMBER,
                        guarded("chaos", "chaos", (instance, arguments) -> new long[] {calls.chaos()}, 1)))
                .build();
    }

    private void forCurrentEvent(BiPredicate<StepEvent, byte[]> call, byte[] bytes) {
        StepEvent event = current.get();
        if (event != null && call.test(event, bytes)) {
            replied.run();
        }
    }

    /** Logs a line without control characters, so that a guest can neither forge log records nor steer a terminal. */
    private void log(byte[] bytes) {
        String line = new String(bytes, 0, Math.min(bytes.length, MAX_LINE), StandardCharsets.UTF_8);
        logger.info("cell {}: {}", cell, UNPRINTABLE.matcher(line).replaceAll("?"));
    }

    private HostFunction takesBytes(String extension, String name, Sink sink) {
        WasmFunctionHandle guarded = guarded(
                extension,
                name,
                (instance, arguments) -> {
                    sink.accept(instance.memory().readBytes((int) arguments[0], (int) arguments[1]));
                    return new long[0];
                },
                0);
        return new HostFunction("host", name, TAKES_BYTES, (instance, arguments) -> {
            checkRange(name, instance, (int) arguments[0], (int) arguments[1]);
            return guarded.apply(instance, arguments);
        });
    }

    private WasmFunctionHandle guarded(String extension, String name, WasmFunctionHandle body, int results) {
        return guard.hostFunction(extension, name, WasmFunctionHandle.class, body, new long[results]);
    }

    private static void checkRange(String name, Instance instance, int pointer, int length) {
        if (!Guest.isInside(instance, pointer, length)) {
            throw new TrapException("%s(%d, %d) is outside of the memory".formatted(name, pointer, length));
        }
    }
}
