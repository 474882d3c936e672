package dev.safe.sample.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.Phase;
import dev.safe.sample.architecture.fixture.Everything;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublicApiTest {

    @Test
    void shouldWriteDownWhatOthersCanUse() {
        assertThat(PublicApi.of(List.of(Everything.class))).isEqualTo("""
                @NullMarked package dev.safe.sample.architecture.fixture;

                import java.io.IOException;
                import java.util.Date;
                import java.util.List;
                import java.util.Map;
                import java.util.function.Function;

                public abstract class Everything<T extends Comparable<? super T>> implements AutoCloseable, Cloneable {
                    public static final int LIMIT = 3;
                    public static final String NAME = "every";
                    protected int count;
                    protected @Nullable T last;
                    protected Everything();
                    public Everything(String first, @Nullable String... more) throws IOException;
                    protected abstract byte @Nullable [] bytes(String[][] names);
                    public void dates(Date date, java.sql.Date ofSql);
                    public static <K, V extends @Nullable Object> Map<K, @Nullable List<? extends V>> group(Function<? super K, V> key);
                    public void inherited(T value);
                    @Deprecated(forRemoval = true, since = "0.1") public final void old();
                    @FunctionalInterface public interface Action {
                        static Everything.Action none();
                        void run() throws Exception;
                        default Everything.Action twice();
                    }
                    public static final class Circle implements Everything.Shape {
                    }
                    public enum Colour {
                        RED,
                        GREEN,
                        public int code();
                    }
                    public @interface Marker {
                        Class<?> type() default Object.class;
                        String[] value() default {};
                    }
                    public record Point(int x, @Nullable String label) implements Comparable<Everything.Point> {
                        public Point(int x);
                        public int compareTo(Everything.Point other);
                    }
                    public static non-sealed class Polygon implements Everything.Shape {
                        public Polygon();
                    }
                    public sealed interface Shape permits Everything.Circle, Everything.Polygon {
                    }
                }
                """);
    }

    @Test
    void shouldWriteDownPackageByPackageAndNothingThatIsHidden() {
        Class<?> hidden = Everything.class.getSuperclass();
        assertThat(PublicApi.of(List.of(hidden, Everything.class, Phase.class)))
                .startsWith("""
                        @NullMarked package dev.safe;

                        public enum Phase {
                            SETUP,
                        """)
                .contains("}\n\n@NullMarked package dev.safe.sample.architecture.fixture;\n\nimport ")
                .doesNotContain("Hidden");
    }
}
