package dev.safe.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The dashboard as Grafana imports it. PrometheusTest runs its expressions. */
class DashboardTest {

    private static final int COLUMNS = 24;
    private static final String CHOSEN =
            "{application=~\"$application\", instance=~\"$instance\", extension=~\"$extension\"";

    private final Dashboard dashboard;

    DashboardTest() throws Exception {
        dashboard = Dashboard.shipped();
    }

    @Test
    void shouldBeWhatGrafanaImports() {
        JsonNode json = dashboard.json();
        assertThat(json.path("schemaVersion").intValue()).isEqualTo(39);
        assertThat(json.path("uid").stringValue()).matches("[a-z0-9-]{1,40}");
        assertThat(json.path("title").stringValue()).isEqualTo("Safe extensions");
        assertThat(json.has("id")).as("the id of one Grafana's database").isFalse();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard.panels()) {
            assertThat(ids.add(panel.path("id").intValue(0)))
                    .as("id of " + panel)
                    .isTrue();
            assertThat(panel.path("title").stringValue("")).isNotBlank();
            assertThat(panel.path("description").stringValue("")).endsWith(".");
            assertThat(panel.path("type").stringValue("")).isIn("stat", "state-timeline", "timeseries");
            assertThat(panel.path("fieldConfig").path("defaults").isObject()).isTrue();
            assertThat(panel.path("fieldConfig").path("overrides").isArray()).isTrue();
            assertThat(panel.path("options").isObject()).isTrue();
            assertThat(panel.path("targets").size()).isPositive();
        }
        assertThat(ids).doesNotContain(0);
    }

    @Test
    void shouldShowEachThingThatAnOperatorAsksFor() {
        assertThat(dashboard.panels())
                .extracting(panel -> panel.path("title").stringValue())
                .containsExactly(
                        "Extensions by state",
                        "State over time",
                        "Panics",
                        "Errors of setup and teardown",
                        "Overruns",
                        "Stuck",
                        "Quarantine",
                        "Disabled",
                        "Rejected calls",
                        "Quarantines",
                        "Restarts");
    }

    @Test
    void shouldLayPanelsOutWithoutOverlapAndGap() {
        Map<List<Integer>, String> taken = new HashMap<>();
        int height = 0;
        for (JsonNode panel : dashboard.panels()) {
            JsonNode place = panel.path("gridPos");
            int left = place.path("x").intValue();
            int top = place.path("y").intValue();
            for (int x = left; x < left + place.path("w").intValue(); x++) {
                for (int y = top; y < top + place.path("h").intValue(); y++) {
                    assertThat(x).isBetween(0, COLUMNS - 1);
                    assertThat(taken.put(List.of(x, y), panel.path("title").stringValue()))
                            .as("%d, %d is taken".formatted(x, y))
                            .isNull();
                    height = Math.max(height, y + 1);
                }
            }
        }
        assertThat(taken).hasSize(COLUMNS * height);
    }

    @Test
    void shouldLetTheUserChooseTheDataSourceTheApplicationTheInstanceAndTheExtension() {
        List<String> names = new ArrayList<>(List.of("datasource"));
        names.addAll(Dashboard.VARIABLES);
        assertThat(dashboard.variables())
                .extracting(variable -> variable.path("name").stringValue())
                .containsExactlyElementsOf(names);
        JsonNode source = dashboard.variables().get(0);
        assertThat(source.path("type").stringValue()).isEqualTo("datasource");
        assertThat(source.path("query").stringValue()).isEqualTo("prometheus");
        for (JsonNode variable : dashboard.variables().subList(1, names.size())) {
            String name = variable.path("name").stringValue();
            assertThat(variable.path("type").stringValue()).isEqualTo("query");
            assertThat(variable.path("query").path("query").stringValue())
                    .startsWith("label_values(safe_extension_state")
                    .endsWith(", " + name + ")")
                    .isEqualTo(variable.path("definition").stringValue());
            assertThat(variable.path("multi").booleanValue()).isTrue();
            assertThat(variable.path("includeAll").booleanValue()).isTrue();
            // Hosts without the label are among all of them: an empty label matches this as well.
            assertThat(variable.path("allValue").stringValue()).isEqualTo(".*");
        }
    }

    @Test
    void shouldHeedTheVariablesInEachExpression() {
        for (JsonNode panel : dashboard.panels()) {
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path("datasource").path("uid").stringValue()).isEqualTo("${datasource}");
                assertThat(target.path("refId").stringValue("")).isNotBlank();
                assertThat(target.path("legendFormat").stringValue("")).isNotBlank();
                String expression = target.path("expr").stringValue("");
                String[] selectors = expression.split("safe_extension_[a-z_]+", -1);
                assertThat(selectors).hasSizeGreaterThan(1);
                assertThat(Arrays.copyOfRange(selectors, 1, selectors.length))
                        .allSatisfy(selector -> assertThat(selector).startsWith(CHOSEN));
            }
        }
    }

    /** The timeline shows numbers: the one that stands for each state has to be translated back. */
    @Test
    void shouldTranslateEachStateThereIs() {
        JsonNode panel = dashboard.panel("State over time");
        JsonNode names = panel.path("fieldConfig")
                .path("defaults")
                .path("mappings")
                .path(0)
                .path("options");
        Map<String, String> states = new HashMap<>();
        Matcher term = Pattern.compile("(\\d+) \\* safe_extension_state\\{[^}]*state=\"([a-z]+)\"}")
                .matcher(Dashboard.expressions(panel).get(0));
        while (term.find()) {
            states.put(term.group(2), names.path(term.group(1)).path("text").stringValue("none"));
        }
        assertThat(states)
                .containsOnlyKeys(Arrays.stream(ExtensionState.values())
                        .map(state -> state.name().toLowerCase(Locale.ROOT))
                        .toList())
                .allSatisfy((state, shown) -> assertThat(shown).isEqualTo(state));
        assertThat(names.size()).isEqualTo(states.size());
    }
}
