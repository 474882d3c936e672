package dev.safe.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard that this repository ships. */
record Dashboard(JsonNode json) {

    static final List<String> VARIABLES = List.of("application", "instance", "extension");

    static Dashboard shipped() throws IOException {
        return new Dashboard(JsonMapper.shared().readTree(Path.of("..", "ops", "grafana", "safe-dashboard.json")));
    }

    List<JsonNode> panels() {
        return json.path("panels").valueStream().toList();
    }

    JsonNode panel(String title) {
        return panels().stream()
                .filter(panel -> panel.path("title").stringValue("").equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no panel is called " + title));
    }

    List<JsonNode> variables() {
        return json.path("templating").path("list").valueStream().toList();
    }

    static List<String> expressions(JsonNode panel) {
        return panel.path("targets")
                .valueStream()
                .map(target -> target.path("expr").stringValue(""))
                .toList();
    }

    /** Puts the values in that Grafana would: all of each variable, and a range of some scrapes. */
    static String substituted(String expression, String range) {
        String complete = expression.replace("$__rate_interval", range);
        for (String variable : VARIABLES) {
            complete = complete.replace("$" + variable, ".*");
        }
        return complete;
    }
}
