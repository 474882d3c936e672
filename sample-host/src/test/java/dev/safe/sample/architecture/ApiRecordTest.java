package dev.safe.sample.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Compares the public API of each published module with the one on record in its {@code src/api/api.txt}, so that whoever
 * reviews a change sees what it means for users. It is here, since this module alone sees all of them.
 */
class ApiRecordTest {

    static List<String> modules() throws Exception {
        return Modules.publishedInJava();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldBeTheApiOnRecord(String module) throws Exception {
        Path record = Path.of(module, "src", "api", "api.txt");
        Path written = Path.of("target", "api", module + ".txt");
        Files.createDirectories(written.getParent());
        String api = PublicApi.of(api(module));
        Files.writeString(written, api);
        String onRecord =
                Files.exists(Modules.ROOT.resolve(record)) ? Files.readString(Modules.ROOT.resolve(record)) : "";
        assertThat(onRecord)
                .overridingErrorMessage(() -> """
                        The public API of %1$s is not the one on record in %2$s:

                        %4$s
                        If that is not meant, undo it. If it is:

                            cp sample-host/%3$s %2$s

                        Commit the record along with the change, and say in CHANGELOG.md what it means for users. \
                        VERSIONING.md says which version may change what.""".formatted(module, record, written, difference(onRecord, api)))
                .isEqualTo(api);
    }

    /** Returns the lines that only one of both has. What only moved is not among them. */
    private static String difference(String onRecord, String api) {
        return lines("- ", onRecord, api) + lines("+ ", api, onRecord);
    }

    private static String lines(String mark, String text, String other) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        other.lines().forEach(lines::remove);
        return lines.stream().map(line -> mark + line + "\n").collect(Collectors.joining());
    }

    private static List<Class<?>> api(String module) throws Exception {
        Pattern ofModule = Pattern.compile(".*/" + module + "(/target/classes/|-[^/]*\\.jar!/)dev/safe/.*");
        List<Class<?>> api = new ArrayList<>();
        for (Resource file : new PathMatchingResourcePatternResolver().getResources("classpath*:dev/safe/**/*.class")) {
            if (ofModule.matcher(file.getURL().toString()).matches()) {
                ClassReader type = new ClassReader(file.getContentAsByteArray());
                String name = type.getClassName().replace('/', '.');
                boolean isPublic = (type.getAccess() & Opcodes.ACC_PUBLIC) != 0;
                if (isPublic && !name.contains("$") && !name.contains(".internal.")) {
                    api.add(Class.forName(name, false, ApiRecordTest.class.getClassLoader()));
                }
            }
        }
        return api;
    }
}
