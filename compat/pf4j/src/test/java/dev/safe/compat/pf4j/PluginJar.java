package dev.safe.compat.pf4j;

import static java.util.stream.Collectors.joining;

import dev.safe.ExtensionCapability;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.pf4j.ExtensionPoint;
import org.pf4j.processor.ExtensionAnnotationProcessor;
import org.slf4j.Logger;

/**
 * A plugin as its author would publish it: compiled on its own, indexed by PF4J's annotation processor, and packed with
 * a manifest.
 *
 * @param id the plugin, whose source is in {@code src/test/plugins}
 * @param version the version of this jar
 * @param needs the plugin that it depends on; empty for none
 * @param missing the class file that the author forgot; empty for none
 */
record PluginJar(String id, String version, String needs, String missing) {

    private static final Path SOURCES = Path.of("src/test/plugins");

    static PluginJar of(String id, String version) {
        return new PluginJar(id, version, "", "");
    }

    PluginJar needing(String other) {
        return new PluginJar(id, version, other, missing);
    }

    PluginJar without(String classFile) {
        return new PluginJar(id, version, needs, classFile);
    }

    /** Builds the jar in a directory that has the jar of the plugin that it depends on. */
    Path in(Path directory) {
        try {
            Path classes = Files.createDirectories(directory.resolve("classes").resolve(id + "-" + version));
            compile(classes, directory);
            Path jar = directory.resolve(id + "-" + version + ".jar");
            try (OutputStream file = Files.newOutputStream(jar);
                    JarOutputStream archive = new JarOutputStream(file, manifest())) {
                pack(classes, archive);
            }
            return jar;
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    private void compile(Path classes, Path directory) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-d", classes.toString(),
                "-cp", classPath(directory),
                "-processor", ExtensionAnnotationProcessor.class.getName()));
        sources().stream().map(Path::toString).forEach(arguments::add);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, OutputStream.nullOutputStream(), null, arguments.toArray(String[]::new));
        if (result != 0) {
            throw new IllegalStateException("the plugin " + id + " does not compile");
        }
    }

    /** Returns what the plugin is compiled against: the API, what PF4J logs by, and the jar of the plugin that it needs. */
    private String classPath(Path directory) {
        Stream<Path> api = Stream.of(ExtensionCapability.class, ExtensionPoint.class, CellExtension.class, Logger.class)
                .map(PluginJar::origin);
        Stream<Path> other = needs.isEmpty() ? Stream.of() : Stream.of(directory.resolve(needs + "-1.0.0.jar"));
        return Stream.concat(api, other).map(Path::toString).collect(joining(File.pathSeparator));
    }

    private static Path origin(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES.resolve(id))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        attributes.putValue("Plugin-Id", id);
        attributes.putValue("Plugin-Version", version);
        if (!needs.isEmpty()) {
            attributes.putValue("Plugin-Dependencies", needs + "@>=1.0.0");
        }
        return manifest;
    }

    private void pack(Path classes, JarOutputStream archive) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String entry = classes.relativize(file).toString();
                if (!entry.equals(missing)) {
                    archive.putNextEntry(new JarEntry(entry));
                    Files.copy(file, archive);
                }
            }
        }
    }
}
