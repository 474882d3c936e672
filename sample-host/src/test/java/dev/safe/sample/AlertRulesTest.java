package dev.safe.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The alert rules as a file. PrometheusTest has them fire. */
class AlertRulesTest {

    private static final String[] ALERTS = {
        "SafeExtensionFailed",
        "SafeExtensionQuarantined",
        "SafeExtensionDisabled",
        "SafeExtensionPanicking",
        "SafeExtensionOverrunning",
        "SafeExtensionStuck",
        "SafeExtensionFlapping"
    };

    @Test
    void shouldHaveSevenAlertsAndWakeSomebodyForOne() throws Exception {
        AlertRules rules = AlertRules.shipped();
        assertThat(rules.byAlert()).containsOnlyKeys(ALERTS);
        rules.byAlert().forEach((alert, rule) -> assertThat(rule.labels())
                .as(alert)
                .containsOnlyKeys("severity")
                .containsEntry("severity", alert.equals("SafeExtensionStuck") ? "critical" : "warning"));
    }

    @Test
    void shouldLeadToWhatTheGuideSaysAboutEachAlert() throws Exception {
        List<String> guide = Files.readAllLines(Path.of("..", "docs", "operating.md"));
        AlertRules.shipped().byAlert().forEach((alert, rule) -> {
            assertThat(rule.annotations()).as(alert).containsOnlyKeys("summary", "description", "runbook");
            assertThat(rule.annotations().get("summary"))
                    .contains("{{ $labels.extension }}", "{{ $labels.instance }}")
                    .matches(summary ->
                            alert.equals("SafeExtensionFailed") || summary.endsWith("({{ $labels.phase }})"));
            assertThat(rule.annotations())
                    .containsEntry("runbook", "docs/operating.md#" + alert.toLowerCase(Locale.ROOT));
            assertThat(guide).as("the heading that has the anchor").contains("### " + alert);
        });
    }

    @Test
    @RequiresPrometheus
    void shouldPassTheirOwnTests() throws Exception {
        assertThat(promtool("check", "rules", AlertRules.FILE.toString()))
                .contains("SUCCESS: 7 rules found")
                .doesNotContain("FAILED");
        assertThat(promtool("test", "rules", AlertRules.TESTS.toString()))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    private static String promtool(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("promtool", ".txt");
        try {
            ProcessBuilder command =
                    new ProcessBuilder("promtool").redirectErrorStream(true).redirectOutput(output.toFile());
            command.command().addAll(List.of(arguments));
            Process process = command.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            String said = Files.readString(output);
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } finally {
            Files.delete(output);
        }
    }
}
