package dev.safe.spring.woven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.spring.WovenExtensions;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that AspectJ's compiler has woven, with the starter as its aspect library, run without an agent. */
class CompileTimeWeavingTest {

    private static WovenProcess compiler;
    private static WovenProcess woven;

    @BeforeAll
    static void weave(@TempDir Path directory) throws Exception {
        Path compiled = directory.resolve("compiled");
        Path output = directory.resolve("woven");
        copyApplication(compiled);
        compiler = WovenProcess.java(List.of(
                "-cp",
                WovenProcess.entry("aspectjtools"),
                "org.aspectj.tools.ajc.Main",
                "-17",
                "-proc:none",
                "-showWeaveInfo",
                "-cp",
                WovenProcess.classPath().collect(Collectors.joining(File.pathSeparator)),
                "-inpath",
                compiled.toString(),
                "-aspectpath",
                location(WovenExtensions.class).toString(),
                "-d",
                output.toString()));
        woven = WovenProcess.application(List.of(), output);
    }

    /** Leaves out the aspect that is a bean, which the compiler would weave as well. */
    private static void copyApplication(Path target) throws IOException, URISyntaxException {
        Path root = location(WovenApplication.class);
        String name = WovenApplication.class.getName().replace('.', '/');
        try (Stream<Path> classes = Files.list(root.resolve(name).getParent())) {
            for (Path type : classes.filter(file ->
                            root.relativize(file).toString().replace('\\', '/').startsWith(name))
                    .filter(file -> !file.toString().contains("OtherAspect"))
                    .toList()) {
                Path copy = target.resolve(root.relativize(type));
                Files.createDirectories(copy.getParent());
                Files.copy(type, copy);
            }
        }
    }

    private static Path location(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void shouldWeaveExtensionsOnly() {
        assertThat(compiler.output())
                .contains("'method-execution(dev.safe.StepEvent dev.safe.spring.woven.WovenApplication$Final.poll())'")
                .doesNotContain("WovenApplication$Unrelated.poll");
        woven.assertFacts("unrelated.woven", "0", "aspect.woven", "0");
    }

    @Test
    void shouldContainBeansWithoutAProxy() {
        for (String bean : new String[] {"final", "recorded", "inheriting"}) {
            woven.assertFacts(bean + ".proxied", "false", bean + ".poll", "null", bean + ".panics", "1");
        }
    }

    @Test
    void shouldContainWhatNoProxyCan() {
        woven.assertFacts(
                "lambda.proxied", "true",
                "lambda.panics", "1",
                "lazy.panics.finalize", "1",
                "loose", "null",
                "loose.panics", "1",
                "super.panics", "0",
                "super.inherited", "1",
                "early", "null",
                "advised.panics.poll", "1",
                "advised.panics.setup", "1");
    }

    @Test
    void shouldStartWithoutProxiesUnlessThereIsALambda() {
        woven.assertFacts("noProxies", "started", "noProxies.lambda", "threw UnguardedExtensionException");
    }
}
