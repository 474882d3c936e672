package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.exhaustion.FullHeap.Way;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The error of an extension that fills the heap is counted, reported and passed on as any fatal error is. */
@Tag("exhaustion")
class FullHeapTest {

    private static final String SERIAL = "-XX:+UseSerialGC";
    private static final String G1 = "-XX:+UseG1GC";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "24m, cold, plain, CALL_POLL, " + SERIAL,
        "32m, cold, budget, CALL_POLL, " + G1,
        "42m, cold, plain, CALL_POLL, " + SERIAL,
        "24m, cold, plain, GUARDED_POLL, " + SERIAL,
        "32m, cold, plain, HOST_FUNCTION, " + SERIAL,
        "42m, cold, plain, SETUP, " + G1,
        "24m, cold, plain, HANDLE, " + SERIAL
    })
    void shouldCountAndPassOnTheFirstPanicEver(String heap, String start, String kind, Way way, String collector)
            throws Exception {
        ChildJvm.Run run = run(heap, collector, start, kind, "field", way.name());

        assertThat(run.line(way.name())).as(run.output()).isEqualTo(promised(way, "field"));
        assertThat(logged(run, way, "field")).as(run.output()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "24m, plain, field, " + SERIAL,
        "32m, budget, field, " + SERIAL,
        "42m, plain, field, " + G1,
        "24m, plain, local, " + SERIAL
    })
    void shouldCountAndPassOnAfterOrdinaryPanics(String heap, String kind, String where, String collector)
            throws Exception {
        ChildJvm.Run run = run(heap, collector, "warm", kind, where);

        for (Way way : Way.values()) {
            assertThat(run.line(way.name())).as(run.output()).isEqualTo(promised(way, where));
            assertThat(logged(run, way, where)).as(run.output()).isNotEmpty();
        }
    }

    private ChildJvm.Run run(String heap, String collector, String... arguments) throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .logging()
                .flags("-Xmx" + heap, collector)
                .run(FullHeap.class, arguments)
                .ended();
        assertThat(run.line("WATCHDOG")).as(run.output()).isEqualTo("WATCHDOG interrupts=true");
        assertThat(run.output()).doesNotContain("UncaughtExceptionHandler", "Exception in thread");
        return run;
    }

    private static String promised(Way way, String where) {
        String oom = OutOfMemoryError.class.getName();
        return way + " outcomes=as promised,as promised panics=2 listed=[" + oom + "] reported=[" + name(way, where)
                + " " + oom + "] stuck=0";
    }

    private static List<String> logged(ChildJvm.Run run, Way way, String where) {
        return run.output()
                .lines()
                .filter(line -> Stream.of(
                                "LOG ERROR ExtensionGuard",
                                "panicked",
                                name(way, where),
                                OutOfMemoryError.class.getName())
                        .allMatch(line::contains))
                .toList();
    }

    private static String name(Way way, String where) {
        return way.name().toLowerCase(Locale.ROOT) + "." + where;
    }
}
