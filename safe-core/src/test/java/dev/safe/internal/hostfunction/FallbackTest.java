package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FallbackTest {

    private static final List<Class<?>> PRIMITIVES = List.of(
            boolean.class, char.class, byte.class, short.class, int.class, long.class, float.class, double.class);

    private static final List<Object> BOXES = List.of(true, 'c', (byte) 1, (short) 1, 1, 1L, 1.0f, 1.0);

    @Test
    void shouldBeZeroOfTheExactType() {
        assertThat(PRIMITIVES)
                .extracting(Fallback.ZERO::apply)
                .containsExactly(false, '\0', (byte) 0, (short) 0, 0, 0L, 0.0f, 0.0);
        assertThat(Fallback.ZERO.apply(Object.class)).isNull();
        assertThat(Fallback.ZERO.apply(Integer.class)).isNull();
        assertThat(Fallback.ZERO.apply(void.class)).isNull();
    }

    @Test
    void shouldWidenOnlyWhereNothingIsLost() {
        assertThat(fitting(boolean.class)).containsExactlyInAnyOrder(Boolean.class);
        assertThat(fitting(char.class)).containsExactlyInAnyOrder(Character.class);
        assertThat(fitting(byte.class)).containsExactlyInAnyOrder(Byte.class);
        assertThat(fitting(short.class)).containsExactlyInAnyOrder(Byte.class, Short.class);
        assertThat(fitting(int.class)).containsExactlyInAnyOrder(Byte.class, Short.class, Integer.class);
        assertThat(fitting(long.class)).containsExactlyInAnyOrder(Byte.class, Short.class, Integer.class, Long.class);
        assertThat(fitting(float.class)).containsExactlyInAnyOrder(Byte.class, Short.class, Float.class);
        assertThat(fitting(double.class))
                .containsExactlyInAnyOrder(Byte.class, Short.class, Integer.class, Float.class, Double.class);
        assertThat(fitting(Long.class)).containsExactlyInAnyOrder(Long.class);
        assertThat(fitting(Number.class)).hasSize(6);
        assertThat(fitting(void.class)).isEmpty();
    }

    private static Set<Class<?>> fitting(Class<?> returnType) {
        return BOXES.stream()
                .filter(box -> fits(box, returnType))
                .map(Object::getClass)
                .collect(Collectors.toSet());
    }

    private static boolean fits(Object sentinel, Class<?> returnType) {
        try {
            new Fallback(sentinel).requireFit(returnType, () -> "f()");
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void shouldConvertToTheExactType() {
        Fallback minusOne = new Fallback((byte) -1);

        assertThat(PRIMITIVES)
                .extracting(minusOne::apply)
                .containsExactly(false, '\0', (byte) -1, (short) -1, -1, -1L, -1.0f, -1.0);
        assertThat(new Fallback(0.1f).apply(double.class)).isEqualTo((double) 0.1f);
    }

    @Test
    void shouldHandOutFreshCopiesOfArraysOnly() {
        String[] texts = {"a"};
        Object shared = new Object();

        assertThat(new Fallback(texts).apply(Object[].class))
                .isInstanceOf(String[].class)
                .isNotSameAs(texts)
                .isEqualTo(texts);
        assertThat(new Fallback(new byte[] {1}).apply(Object.class)).isEqualTo(new byte[] {1});
        assertThat(new Fallback(shared).apply(Object.class)).isSameAs(shared);
    }

    @Test
    void shouldSayWhatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fallback(new int[0]).requireFit(long[].class, () -> "f()"))
                .withMessage("'sentinel' must fit long[], the return type of f(), got int[]");
    }
}
