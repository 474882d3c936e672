package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {

    private static final String LONGEST = "x".repeat(SafeText.MAX_LENGTH);

    @ParameterizedTest
    @ValueSource(strings = {"", "boom", "Grüße, 世界 🎉", "a\\nb", "non-breaking\u00A0space"})
    void shouldReturnTheSameInstanceWhenNothingIsToBeChanged(String text) {
        assertThat(SafeText.of(text)).isSameAs(text);
        assertThat(SafeText.isSafe(text)).isTrue();
    }

    @Test
    void shouldSpellOutNull() {
        assertThat(SafeText.of(null)).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource({
        "000A, \\n",
        "000D, \\r",
        "0009, \\t",
        "0000, \\u0000",
        "0007, \\u0007",
        "001B, \\u001B",
        "007F, \\u007F",
        "0085, \\u0085",
        "009B, \\u009B",
        "2028, \\u2028",
        "2029, \\u2029",
        "00AD, \\u00AD",
        "061C, \\u061C",
        "200B, \\u200B",
        "200E, \\u200E",
        "202A, \\u202A",
        "202E, \\u202E",
        "2060, \\u2060",
        "2066, \\u2066",
        "2069, \\u2069",
        "FEFF, \\uFEFF",
        "D800, \\uD800",
        "DFFF, \\uDFFF",
        "E0041, \\uDB40\\uDC41"
    })
    void shouldEscape(String codePoint, String escape) {
        String character = Character.toString(Integer.parseInt(codePoint, 16));
        assertThat(SafeText.of("a" + character + "b")).isEqualTo("a" + escape + "b");
        assertThat(SafeText.isSafe("a" + character + "b")).isFalse();
    }

    @Test
    void shouldLetNoControlCharacterThrough() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(character -> Character.isISOControl(character)
                                || Character.getType(character) == Character.CONTROL
                                || Character.getType(character) == Character.FORMAT)
                        .mapToObj(Character::toString)
                        .filter(SafeText::isSafe))
                .isEmpty();
    }

    @Test
    void shouldEscapeAPairOfSurrogatesInTheWrongOrder() {
        assertThat(SafeText.of("\uDF89\uD83C")).isEqualTo("\\uDF89\\uD83C");
    }

    @Test
    void shouldKeepTextThatIsJustNotTooLong() {
        assertThat(SafeText.of(LONGEST)).isSameAs(LONGEST);
    }

    @Test
    void shouldCutTextThatIsJustTooLong() {
        assertThat(SafeText.of(LONGEST + "x"))
                .isEqualTo("x".repeat(1_023) + "…")
                .hasSize(1_024);
    }

    @Test
    void shouldCutNoSurrogatePairInHalf() {
        assertThat(SafeText.of("x".repeat(1_022) + "🎉🎉")).isEqualTo("x".repeat(1_022) + "…");
        assertThat(SafeText.of("x".repeat(1_021) + "🎉🎉")).isEqualTo("x".repeat(1_021) + "🎉…");
    }

    @Test
    void shouldKeepAPairThatJustFits() {
        String text = "x".repeat(1_022) + "🎉";
        assertThat(SafeText.of(text)).isSameAs(text);
    }

    @Test
    void shouldCutNoEscapeInHalf() {
        assertThat(SafeText.of("x".repeat(1_018) + "\u001B"))
                .isEqualTo("x".repeat(1_018) + "\\u001B")
                .hasSize(1_024);
        assertThat(SafeText.of("x".repeat(1_019) + "\u001B")).isEqualTo("x".repeat(1_019) + "…");
        assertThat(SafeText.of("x".repeat(1_018) + "\u001By")).isEqualTo("x".repeat(1_018) + "…");
    }

    @Test
    void shouldNotChangeWhatIsSafeAlready() {
        String once = SafeText.of("\u001B".repeat(1_000));
        assertThat(once).hasSize(1_021).endsWith("\\u001B…");
        assertThat(SafeText.of(once)).isSameAs(once);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "boom, boom",
                "a \"quoted\" word, a 'quoted' word",
                "boom\" extension=\"other, boom' extension='other",
                "C:\\dir\\, C:\\dir\\u005C",
                "\\\", \\'",
                "\\, \\u005C"
            })
    void shouldLetNoValueEndItsQuotesEarly(String text, String value) {
        assertThat(SafeText.value(text)).isEqualTo(value);
    }

    @Test
    void shouldMakeValuesSafeAsAnyOtherText() {
        assertThat(SafeText.value("a\r\n\u001B\u0085\u2028\u202E\"")).isEqualTo("a\\r\\n\\u001B\\u0085\\u2028\\u202E'");
        assertThat(SafeText.value(null)).isEqualTo("null");
        assertThat(SafeText.value(LONGEST)).isSameAs(LONGEST);
        assertThat(SafeText.value("x".repeat(1_023) + "\\")).isEqualTo("x".repeat(1_023) + "…");
        assertThat(SafeText.value("x".repeat(1_018) + "\\")).isEqualTo("x".repeat(1_018) + "\\u005C");
        assertThat(SafeText.value("\"".repeat(2_000))).hasSize(1_024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u00A0\u2003\u3000",
                "\r\n\t\u0000\u0085",
                "\u200B\u2060\uFEFF",
                "\u2028\u2029",
                "\uD800",
                "\u115F",
                "\u1160\u2800\u3164\uFFA0",
                "\uDB40\uDC41"
            })
    void shouldSeeThatThereIsNothingToRead(String text) {
        assertThat(SafeText.isBlank(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-", " \u200B.", "\u3164?\u00A0", "世", "🎉"})
    void shouldSeeThatThereIsSomethingToRead(String text) {
        assertThat(SafeText.isBlank(text)).isFalse();
    }
}
