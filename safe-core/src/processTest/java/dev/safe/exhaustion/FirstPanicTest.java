package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.exhaustion.FirstPanic.Way;
import dev.safe.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the first panic of a JVM is, it breaks nothing for later ones. */
@Tag("exhaustion")
class FirstPanicTest {

    private static final int ROUNDS = 20;
    private static final int ROUNDS_WITH_A_FULL_HEAP = 5;
    private static final String HEAP = "-Xmx64m";
    private static final String SERIAL = "-XX:+UseSerialGC";

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldContainCountAndNamePanicsAfterAFirstOneWithoutRoom(Way way) throws Exception {
        int rounds = way.fillsTheHeap() ? ROUNDS_WITH_A_FULL_HEAP : ROUNDS;
        ChildJvm.Run run = new ChildJvm(directory)
                .flags(HEAP, SERIAL)
                .run(FirstPanic.class, "rounds", way.name(), String.valueOf(rounds))
                .ended();

        assertThat(run.line("RESULT")).isEqualTo("RESULT " + way + " {ok=" + rounds + "}");
    }

    @Test
    void shouldDoSoWithClassesFromAnArchive() throws Exception {
        Path archive = directory.resolve("app.jsa");
        train(archive, "-XX:ArchiveClassesAtExit=" + archive);

        run("-XX:SharedArchiveFile=" + archive);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void shouldDoSoWithAnAheadOfTimeCache() throws Exception {
        Path cache = directory.resolve("app.aot");
        train(cache, "-XX:AOTCacheOutput=" + cache);

        run("-XX:AOTCache=" + cache);
    }

    private void train(Path made, String flag) throws Exception {
        ChildJvm.Run training = new ChildJvm(directory)
                .on(jars())
                .flags(flag, HEAP, SERIAL)
                .run(FirstPanic.class, "train")
                .ended();
        assertThat(training.line("TRAINED")).as(training.output()).isEqualTo("TRAINED []");
        assertThat(made).as(training.output()).isNotEmptyFile();
    }

    private void run(String flag) throws Exception {
        for (Way way : Way.values()) {
            Path loaded = directory.resolve("loaded.txt");
            ChildJvm.Run run = new ChildJvm(directory)
                    .on(jars())
                    .flags(flag, HEAP, SERIAL, "-Xlog:class+load:file=" + loaded)
                    .run(FirstPanic.class, "once", way.name())
                    .ended();

            assertThat(run.line("RESULT")).as(run.output()).isEqualTo("RESULT " + way + " ok");
            assertThat(Files.readAllLines(loaded))
                    .anyMatch(line -> line.contains(ExtensionGuard.class.getName() + " source: shared objects file"));
        }
    }

    /** Returns jars of all classes, since a class cache takes classes from jars only. */
    private String jars() throws IOException {
        Path safe = jar("safe.jar", JavaProcess.locationOf(ExtensionGuard.class), "dev");
        Path programs = jar("programs.jar", JavaProcess.locationOf(ChildJvm.class), "dev/safe/exhaustion");
        return String.join(File.pathSeparator, ChildJvm.libraries(), safe.toString(), programs.toString());
    }

    private Path jar(String name, String location, String folder) throws IOException {
        Path jar = directory.resolve(name);
        Path root = Path.of(location);
        if (Files.notExists(jar)) {
            try (OutputStream out = Files.newOutputStream(jar);
                    JarOutputStream entries = new JarOutputStream(out);
                    Stream<Path> files = Files.walk(root.resolve(folder))) {
                List<Path> classes =
                        files.filter(file -> file.toString().endsWith(".class")).toList();
                for (Path file : classes) {
                    String entry = root.relativize(file).toString().replace(File.separatorChar, '/');
                    entries.putNextEntry(new JarEntry(entry));
                    Files.copy(file, entries);
                }
            }
        }
        return jar;
    }
}
