package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/** What an IDE shows while somebody types application.yml. */
class MetadataTest {

    @Test
    @SuppressWarnings("unchecked")
    void shouldDescribeEveryKeyInASentence() throws IOException {
        try (InputStream metadata =
                SafeProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, Object> content = JsonParserFactory.getJsonParser()
                    .parseMap(new String(metadata.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            List<Map<String, Object>> properties = (List<Map<String, Object>>) content.get("properties");
            assertThat(properties)
                    .extracting(property -> property.get("name"))
                    .contains(
                            "safe.enabled",
                            "safe.unguarded",
                            "safe.phases.finalize.quarantine.max-backoff",
                            "safe.phases.setup.errors",
                            "safe.health.failed-status",
                            "management.endpoint.extensions.show-values");
            assertThat(properties).allSatisfy(property -> assertThat((String) property.get("description"))
                    .as(String.valueOf(property.get("name")))
                    .endsWith("."));
            assertThat((List<Object>) content.get("hints")).hasSizeGreaterThanOrEqualTo(5);
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldGiveTheDefaultOfEachKeyOfTheActuator() throws IOException {
        try (InputStream metadata =
                SafeProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, Object> content = JsonParserFactory.getJsonParser()
                    .parseMap(new String(metadata.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            assertThat((List<Map<String, Object>>) content.get("properties"))
                    .filteredOn(property -> ((String) property.get("name")).startsWith("management.")
                            || ((String) property.get("name")).startsWith("safe.health."))
                    .extracting(property -> property.get("name"), property -> property.get("defaultValue"))
                    .containsExactlyInAnyOrder(
                            tuple("management.endpoint.extensions.access", "read_only"),
                            tuple("management.endpoint.extensions.cache.time-to-live", "0ms"),
                            tuple("management.endpoint.extensions.roles", List.of()),
                            tuple("management.endpoint.extensions.show-values", "never"),
                            tuple("management.info.safe.enabled", true),
                            tuple("safe.health.failed-status", "UP"),
                            tuple("safe.health.quarantined-status", "UP"));
        }
    }
}
