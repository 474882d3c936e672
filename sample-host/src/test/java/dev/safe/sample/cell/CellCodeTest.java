package dev.safe.sample.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.wabt.Wat2Wasm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellCodeTest {

    @ParameterizedTest
    @ValueSource(strings = {"echo", "counter", "victim"})
    void shouldMatchItsSource(String cell) throws IOException {
        byte[] compiled = Wat2Wasm.parse(text(cell + ".wat"));
        if (Boolean.getBoolean("write.cells")) { // -Dwrite.cells=true, then build again
            Files.write(Path.of("src/main/resources/cells/" + cell + ".wasm"), compiled);
        }
        try (InputStream code = CellModule.class.getResourceAsStream("/cells/" + cell + ".wasm")) {
            assertThat(code).as(cell + ".wasm").isNotNull();
            assertThat(code.readAllBytes()).isEqualTo(compiled);
        }
    }

    @Test
    void shouldRefuseCodeThatNoInterruptCanEnd() {
        // (module (func (param i32 i32) local.get 0 local.get 1 return_call 0))
        byte[] endless = HexFormat.of()
                .parseHex("0061736d01000000" + "01060160027f7f00" + "03020100" + "0a0a0108002000200112000b");
        assertThatThrownBy(() -> CellModule.of(endless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a cell must not use RETURN_CALL, which no interrupt can end");
    }

    @Test
    void shouldSayWhichModuleThereIsNot() {
        assertThatThrownBy(() -> CellModule.load("nothing"))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no module /cells/nothing.wasm");
    }

    private static String text(String resource) throws IOException {
        try (InputStream text = CellModule.class.getResourceAsStream("/cells/" + resource)) {
            assertThat(text).as(resource).isNotNull();
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
