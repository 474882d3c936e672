package dev.safe.sample.cell;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.AnnotatedInstruction;
import run.endive.wasm.types.FunctionBody;
import run.endive.wasm.types.OpCode;

/** Holds the code of a cell, after a check that interrupts can end it. Immutable. */
final class CellModule {

    private static final Set<OpCode> ENDLESS =
            Set.of(OpCode.RETURN_CALL, OpCode.RETURN_CALL_INDIRECT, OpCode.RETURN_CALL_REF);

    private final WasmModule module;

    private CellModule(WasmModule module) {
        this.module = module;
    }

    static CellModule load(String name) throws IOException {
        String resource = "/cells/" + name + ".wasm";
        try (InputStream code = CellModule.class.getResourceAsStream(resource)) {
            if (code == null) {
                throw new IOException("there is no module " + resource);
            }
            return of(code.readAllBytes());
        }
    }

    static CellModule of(byte[] code) {
        WasmModule module = Parser.parse(code);
        for (FunctionBody function : module.codeSection().functionBodies()) {
            for (AnnotatedInstruction instruction : function.instructions()) {
                if (ENDLESS.contains(instruction.opcode())) {
                    throw new IllegalArgumentException(
                            "a cell must not use " + instruction.opcode() + ", which no interrupt can end");
                }
            }
        }
        return new CellModule(module);
    }

    WasmModule code() {
        return module;
    }
}
