package dev.safe.sample;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves out what needs Prometheus where it is not installed. With {@code -Dprometheus.required=true} nothing is left out,
 * and such tests fail without it. Their tag leaves them out where it is: {@code -Dtests.left.out=prometheus}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("prometheus")
@ExtendWith(RequiresPrometheus.Condition.class)
@interface RequiresPrometheus {

    /** Looks for the programs. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Boolean.getBoolean("prometheus.required")) {
                return ConditionEvaluationResult.enabled("'prometheus.required' is true");
            }
            List<String> missing = Stream.of("prometheus", "promtool")
                    .filter(program -> !isOnPath(program))
                    .toList();
            return missing.isEmpty()
                    ? ConditionEvaluationResult.enabled("Prometheus is installed")
                    : ConditionEvaluationResult.disabled("left out, since these are not on the PATH: " + missing);
        }

        private static boolean isOnPath(String program) {
            return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        }
    }
}
