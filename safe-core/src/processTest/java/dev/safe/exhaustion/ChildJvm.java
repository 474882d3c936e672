package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.core.Appender;
import dev.safe.ExtensionGuard;
import dev.safe.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/**
 * Runs a program of this package in a JVM of its own, on the JDK that the tests run on. No agent and no flag of the
 * build reaches it, since an agent that measures coverage needs room where the stack ends.
 */
final class ChildJvm {

    /** What a program printed, and how it ended. */
    record Run(int exit, String output) {

        /** Checks that the program ended by itself. */
        Run ended() {
            assertThat(exit).as(output).isZero();
            return this;
        }

        /** Finds the only line that begins with the word. */
        String line(String word) {
            List<String> lines =
                    output.lines().filter(line -> line.startsWith(word + " ")).toList();
            assertThat(lines).as("lines of %s in:%n%s", word, output).hasSize(1);
            return lines.get(0);
        }
    }

    private final Path directory;
    private final List<String> flags = new ArrayList<>();
    private String classPath = classPath();

    /** Creates a JVM that writes its files into the directory. */
    ChildJvm(Path directory) {
        this.directory = directory;
    }

    ChildJvm flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /** Replaces the class path. */
    ChildJvm on(String otherClassPath) {
        classPath = otherClassPath;
        return this;
    }

    /** Adds a logger that prints what is logged. By default nothing is printed. */
    ChildJvm logging() {
        flags("-Dlogback.configurationFile=exhaustion-logback.xml");
        classPath += File.pathSeparator + JavaProcess.classPathOf(ch.qos.logback.classic.Logger.class, Appender.class);
        return this;
    }

    Run run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(JavaProcess.java());
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath);
        command.add(program.getName());
        command.addAll(List.of(arguments));
        JavaProcess.Result result = JavaProcess.run(directory, command);
        return new Run(result.exit(), result.output());
    }

    /** Returns the class path of Safe, its dependencies, and the programs. */
    static String classPath() {
        return libraries() + File.pathSeparator + JavaProcess.classPathOf(ExtensionGuard.class, ChildJvm.class);
    }

    /** Returns the class path of Safe's dependencies. */
    static String libraries() {
        return JavaProcess.classPathOf(ClassWriter.class, NullMarked.class, Logger.class);
    }
}
