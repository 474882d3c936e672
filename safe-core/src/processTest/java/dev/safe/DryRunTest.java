package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.safe.testing.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/**
 * Initialises every class that a panic needs, since a class that is first needed where the stack or the heap ends stays
 * broken for the life of the JVM.
 */
@Tag("slow")
class DryRunTest {

    /** Builds a guard and makes an extension known to it, which does nothing. */
    static final class Builds {

        private Builds() {}

        public static void main(String[] arguments) {
            try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
                guard.guarded(() -> "network.udp");
            }
        }
    }

    /** Classes of which only extensions create instances. */
    private static final Set<String> NOT_NEEDED = Set.of("dev.safe.StepEvent");

    @TempDir
    private Path directory;

    @Test
    void shouldInitialiseWhateverAPanicNeedsBeforeAnExtensionIsCalled() throws Exception {
        assertThat(initialisedByAGuard()).containsAll(neededByPanics());
    }

    /** JDK 17 generates code for what has been called by reflection fifteen times. JDK 18 and later do it otherwise. */
    @Test
    @EnabledForJreRange(max = JRE.JAVA_17)
    void shouldInitialiseWhatGeneratesTheCodeOfReflection() throws Exception {
        assertThat(initialisedByAGuard())
                .contains("jdk.internal.reflect.MethodAccessorGenerator", "jdk.internal.reflect.ClassDefiner");
    }

    private Set<String> initialisedByAGuard() throws Exception {
        Path log = directory.resolve("initialised.txt");
        JavaProcess.Result result = new JavaProcess(
                        Builds.class, ExtensionGuard.class, ClassWriter.class, NullMarked.class, Logger.class)
                .with("-Xlog:class+init=info:file=" + log)
                .run();
        assertThat(result.exit()).as(result.output()).isZero();
        Pattern initialising = Pattern.compile("Initializing '([^']*)'");
        Set<String> initialised = new TreeSet<>();
        for (String line : Files.readAllLines(log)) {
            Matcher matcher = initialising.matcher(line.replaceFirst("^.* (?=Initializing)", ""));
            if (matcher.find()) {
                initialised.add(matcher.group(1).replace('/', '.'));
            }
        }
        return initialised;
    }

    /** Returns the classes of the boundary and of rendering. Those of host functions are prepared by each wrapper. */
    private static Set<String> neededByPanics() {
        Set<String> needed = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.safe")) {
            if (isOfCore(type) && !type.isInterface() && !NOT_NEEDED.contains(type.getName())) {
                needed.add(type.getName());
            }
        }
        return needed;
    }

    private static boolean isOfCore(JavaClass type) {
        return List.of("dev.safe", "dev.safe.internal.render").contains(type.getPackageName())
                && !type.getSimpleName().equals("package-info");
    }
}
