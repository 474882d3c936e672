package dev.safe.sample.cell;

import dev.safe.StepEvent;
import java.util.List;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.ValType;

/**
 * Wraps an instance of a module, and checks as far as possible that it follows the protocol of this package. Not
 * thread-safe.
 */
final class Guest {

    private static final int MAX_PAGES = 256; // 16 MiB
    private static final FunctionType NUMBER = FunctionType.of(List.of(), List.of(ValType.I32));
    private static final FunctionType STEP = FunctionType.of(List.of(ValType.I32, ValType.I32), List.of());

    private final Instance instance;
    private final int buffer;
    private final int capacity;

    private Guest(Instance instance) {
        this.instance = instance;
        checkExport("buffer", NUMBER);
        checkExport("capacity", NUMBER);
        checkExport("step", STEP);
        this.buffer = (int) instance.export("buffer").apply()[0];
        this.capacity = (int) instance.export("capacity").apply()[0];
        if (!isInside(instance, buffer, capacity)) {
            throw new IllegalArgumentException(
                    "the buffer of %d bytes at %d is outside of the memory".formatted(capacity, buffer));
        }
    }

    /** Instantiates a module. That runs code of the guest, so it needs a deadline. */
    static Guest of(CellModule module, ImportValues imports) {
        return new Guest(Instance.builder(module.code())
                .withImportValues(imports)
                .withMemoryFactory(Guest::memory)
                .build());
    }

    /** Returns whether the guest can handle an event. */
    boolean accepts(StepEvent event) {
        return EventKind.find(event.kind()).isPresent() && event.payload().length <= capacity;
    }

    /** Runs a step for an event that the guest {@linkplain #accepts accepts}. */
    void step(StepEvent event) {
        byte[] payload = event.payload();
        instance.memory().write(buffer, payload);
        int code = EventKind.find(event.kind()).orElseThrow().code();
        instance.export("step").apply(code, payload.length);
    }

    /** Returns whether a range that a guest has given is within its memory. The sum of two ints may overflow an int. */
    static boolean isInside(Instance instance, int pointer, int length) {
        Memory memory = instance.memory();
        long size = memory == null ? 0 : (long) Memory.PAGE_SIZE * memory.pages();
        return pointer >= 0 && length >= 0 && (long) pointer + length <= size;
    }

    /** Limits the guest's memory, so that a guest cannot use up the host's. */
    private static Memory memory(MemoryLimits asked) {
        if (asked.initialPages() > MAX_PAGES) {
            throw new IllegalArgumentException(
                    "a cell must have at most %d pages of memory, got %d".formatted(MAX_PAGES, asked.initialPages()));
        }
        int most = Math.min(asked.maximumPages(), MAX_PAGES);
        return new ByteArrayMemory(new MemoryLimits(asked.initialPages(), most, asked.shared()));
    }

    /**
     * Checks the type of an export. The engine checks neither the number nor the types of the arguments that it is
     * called with.
     */
    private void checkExport(String name, FunctionType type) {
        FunctionType exported = instance.exportType(name);
        if (!type.equals(exported)) {
            throw new IllegalArgumentException("'%s' must be of the type %s, got %s".formatted(name, type, exported));
        }
    }
}
