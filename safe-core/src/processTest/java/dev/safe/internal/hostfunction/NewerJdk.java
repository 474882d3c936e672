package dev.safe.internal.hostfunction;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Finds a JDK that calls native code without a preview flag: the one that runs the tests, the one that
 * {@code safe.test.jdk} or {@code JDK25_HOME} names, or one that is installed beside the first.
 */
final class NewerJdk {

    static final int LEAST = 22;

    private NewerJdk() {}

    /** Returns the path of its {@code java} command. */
    static Optional<Path> java() {
        Path running = Path.of(System.getProperty("java.home"));
        if (Runtime.version().feature() >= LEAST) {
            return Optional.of(launcher(running));
        }
        Stream<Path> named = Stream.of(System.getProperty("safe.test.jdk"), System.getenv("JDK25_HOME"))
                .filter(Objects::nonNull)
                .map(Path::of);
        return Stream.concat(named, siblings(running))
                .filter(home -> feature(home) >= LEAST)
                .map(NewerJdk::launcher)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path launcher(Path home) {
        return home.resolve("bin").resolve("java");
    }

    private static Stream<Path> siblings(Path home) {
        try (Stream<Path> siblings = Files.list(home.toAbsolutePath().getParent())) {
            return siblings.sorted().toList().stream();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }

    private static int feature(Path home) {
        Path release = home.resolve("release");
        if (!Files.isReadable(release)) {
            return 0;
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            properties.load(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        String version = properties.getProperty("JAVA_VERSION", "\"0\"").replace("\"", "");
        return Runtime.Version.parse(version.startsWith("1.") ? "8" : version).feature();
    }
}
