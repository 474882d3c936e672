package dev.safe.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The alert rules that this repository ships. */
final class AlertRules {

    static final Path FILE = Path.of("..", "ops", "prometheus", "safe-alerts.yml");

    static final Path TESTS = Path.of("..", "ops", "prometheus", "safe-alerts-test.yml");

    /** One of the rules. */
    record Rule(String expr, Map<String, String> labels, Map<String, String> annotations) {}

    private final String text;

    private AlertRules(String text) {
        this.text = text;
    }

    static AlertRules shipped() throws IOException {
        return new AlertRules(Files.readString(FILE));
    }

    /**
     * Returns the same rules on a clock that is sixty times as fast: each {@code for} and each range is a second for a
     * minute and a minute for an hour. Thresholds stay, since they are rates per second or counts within a range.
     */
    AlertRules sixtyTimesAsFast() {
        return new AlertRules(text.replaceAll("(for: \\d+|\\[\\d+)m", "$1s").replaceAll("(for: \\d+|\\[\\d+)h", "$1m"));
    }

    String text() {
        return text;
    }

    /** Returns the rules by the names of their alerts. */
    @SuppressWarnings("unchecked") // what YAML has is for the tests to find out
    Map<String, Rule> byAlert() {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(text);
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (Map<String, Object> group : file.get("groups")) {
            for (Map<String, Object> rule : (List<Map<String, Object>>) group.get("rules")) {
                rules.put(
                        (String) rule.get("alert"),
                        new Rule((String) rule.get("expr"), (Map<String, String>) rule.get("labels"), (Map<
                                        String, String>)
                                rule.get("annotations")));
            }
        }
        return rules;
    }
}
