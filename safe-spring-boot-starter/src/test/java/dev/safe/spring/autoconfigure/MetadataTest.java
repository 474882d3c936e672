package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What an IDE shows while a user edits application.yml. The tests take the keys from the metadata, so a new key is
 * tested without further ado.
 */
class MetadataTest {

    private static final Map<String, Object> METADATA = read();

    /** Keys that have no value unless somebody sets them. */
    private static final List<String> WITHOUT_DEFAULT = List.of(
            "safe.extensions",
            "safe.phases.poll.quarantine.hold",
            "safe.phases.finalize.quarantine.hold",
            "safe.phases.host.quarantine.hold",
            "safe.supervisor.extensions",
            "safe.supervisor.virtual-threads");

    /** A setting of any extension, for each key that holds extensions. */
    private static final Map<String, String> ANY =
            Map.of("safe.extensions", ".any.phases.poll.log.burst", "safe.supervisor.extensions", ".any.config.port");

    /** A key under safe, with its default as text. */
    record Key(String name, String type, @Nullable String defaultValue) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Map<String, Object> read() {
        try (InputStream metadata =
                SafeProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonParserFactory.getJsonParser()
                    .parseMap(new String(metadata.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> items(String section) {
        return (List<Map<String, Object>>) METADATA.get(section);
    }

    private static Key key(Map<String, Object> property) {
        return new Key(
                (String) property.get("name"), (String) property.get("type"), text(property.get("defaultValue")));
    }

    /** Returns a default as a user would write it in a properties file. */
    private static @Nullable String text(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : value == null ? null : String.valueOf(value);
    }

    static Stream<Key> keys() {
        return items("properties").stream().map(MetadataTest::key).filter(key -> key.name()
                .startsWith("safe."));
    }

    static Stream<Key> keysWithDefault() {
        return keys().filter(key -> key.defaultValue() != null);
    }

    private static SafeProperties bind(Map<String, Object> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        ConfigurationPropertySources.attach(environment);
        return CurrentProperties.bindAll(environment);
    }

    private static List<PhasePolicy> policies(SafeProperties properties) {
        Policies policies = PolicyMapper.policies(properties);
        return Arrays.stream(Phase.values())
                .map(phase -> policies.policy("any", phase))
                .toList();
    }

    @Test
    void shouldOfferEveryKeyThatHasAnEffectAndNoOther() {
        List<String> settable = PropertyTree.of(ConfigurationPropertyName.of("safe"), SafeProperties.class)
                .settings("name")
                .filter(key -> !key.startsWith("safe.extensions[") && !key.startsWith("safe.supervisor.extensions["))
                .filter(key -> !key.matches("safe\\.phases\\.(setup|teardown)\\.quarantine\\.enabled"))
                .filter(key -> KeyCheck.refusal(ConfigurationPropertyName.of(key)) == null)
                .toList();
        assertThat(keys().map(Key::name).filter(name -> !name.endsWith(".extensions")))
                .containsExactlyInAnyOrderElementsOf(settable)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldDescribeEveryKeyInASentence() {
        assertThat(items("properties")).isNotEmpty().allSatisfy(property -> assertThat(
                        (String) property.get("description"))
                .as(String.valueOf(property.get("name")))
                .matches("[A-Z][^.]*( [^.]+)+\\."));
    }

    @Test
    void shouldGiveTheDefaultOfEveryKeyThatHasOne() {
        assertThat(items("properties"))
                .filteredOn(property -> property.get("defaultValue") == null)
                .extracting(property -> property.get("name"))
                .containsExactlyInAnyOrderElementsOf(WITHOUT_DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("keysWithDefault")
    void shouldChangeNothingBySettingTheDefault(Key key) {
        SafeProperties bound = bind(Map.of(key.name(), key.defaultValue()));
        assertThat(policies(bound)).isEqualTo(policies(SafeProperties.DEFAULTS));
        assertThat(new SafeProperties(
                        bound.enabled(),
                        bound.passThrough(),
                        bound.unguarded(),
                        bound.metrics(),
                        bound.health(),
                        SafeProperties.DEFAULTS.phases(),
                        bound.supervisor(),
                        bound.extensions()))
                .isEqualTo(SafeProperties.DEFAULTS);
    }

    /** Checks that each key changes something, or is refused because it contradicts another one. */
    @ParameterizedTest
    @MethodSource("keys")
    void shouldChangeSomethingBySettingAnotherValue(Key key) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(key.name().endsWith(".extensions") ? key.name() + ANY.get(key.name()) : key.name(), other(key));
        if (key.name().endsWith(".budget.on-overrun")) {
            properties.put(key.name().replace("on-overrun", "limit"), "1s");
            Map<String, Object> without = Map.of(key.name().replace("on-overrun", "limit"), "1s");
            assertThat(policies(bind(properties))).isNotEqualTo(policies(bind(without)));
        } else {
            SafeProperties bound = bind(properties);
            assertThat(List.of(bound, policies(bound)))
                    .isNotEqualTo(List.of(SafeProperties.DEFAULTS, policies(SafeProperties.DEFAULTS)));
            assertThat(key.name().startsWith("safe.phases.")
                            && policies(bound).equals(policies(SafeProperties.DEFAULTS)))
                    .isFalse();
        }
    }

    /** Returns a value that is not the default. */
    private static Object other(Key key) {
        if (key.type().equals(Boolean.class.getName())) {
            return !Boolean.parseBoolean(key.defaultValue());
        } else if (key.type().equals(Integer.class.getName()) || key.type().startsWith("java.util.Map")) {
            return 77;
        } else if (key.type().equals(Double.class.getName())) {
            return key.name().endsWith("jitter") ? "0.5" : "7.5";
        } else if (key.type().equals(Duration.class.getName())) {
            return "77s";
        } else if (key.type().contains("Class<?>")) {
            return UncheckedIOException.class.getName();
        } else if (key.type().equals(String.class.getName())) {
            return "ticket 4711";
        }
        return constants(key.type())
                .filter(constant -> !constant.equalsIgnoreCase(key.defaultValue()))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> constants(String type) {
        try {
            return Arrays.stream(Class.forName(type).getEnumConstants())
                    .map(constant -> SettingRules.spelled((Enum<?>) constant));
        } catch (ClassNotFoundException gone) {
            throw new AssertionError(type, gone);
        }
    }

    private static Map<String, List<String>> hintedValues() {
        Map<String, List<String>> values = new HashMap<>();
        items("hints").forEach(hint -> values.put((String) hint.get("name"), values(hint)));
        return values;
    }

    @SuppressWarnings("unchecked")
    private static List<String> values(Map<String, Object> hint) {
        return ((List<Map<String, Object>>) hint.getOrDefault("values", List.of()))
                .stream().map(value -> String.valueOf(value.get("value"))).toList();
    }

    @Test
    void shouldHintAtEachConstantOfAnEnumAndAtDurationsThatCanBeSet() {
        Map<String, List<String>> hinted = hintedValues();
        assertThat(keys().filter(key -> isEnum(key.type()))).isNotEmpty().allSatisfy(key -> assertThat(
                        hinted.get(key.name()).stream()
                                .map(value -> value.toLowerCase().replace('_', '-')))
                .as(key.name())
                .containsExactlyInAnyOrderElementsOf(constants(key.type()).toList()));
        assertThat(keys().filter(key -> key.type().equals(Duration.class.getName())))
                .isNotEmpty()
                .allSatisfy(key -> assertThat(hinted.get(key.name()))
                        .as(key.name())
                        .isNotEmpty()
                        .allSatisfy(value ->
                                assertThat(bind(Map.of(key.name(), value))).isNotEqualTo(SafeProperties.DEFAULTS)));
    }

    private static boolean isEnum(String type) {
        try {
            return Class.forName(type).isEnum();
        } catch (ClassNotFoundException generic) {
            return false;
        }
    }

    @Test
    void shouldHintAtClassesAndAtNamesWithBrackets() {
        assertThat(items("hints"))
                .filteredOn(hint -> String.valueOf(hint.get("providers")).contains("class-reference"))
                .extracting(hint -> hint.get("name"))
                .containsExactlyInAnyOrder(
                        "safe.pass-through", "safe.phases.setup.errors", "safe.phases.teardown.errors");
        assertThat(hintedValues().get("safe.extensions.keys")).containsExactly("[network.udp]");
        assertThat(bind(Map.of("safe.extensions[network.udp].phases.poll.log.burst", "7"))
                        .extensions())
                .containsOnlyKeys("network.udp");
    }

    @Test
    void shouldHintAtKeysThatExistOnly() {
        List<String> names = items("properties").stream()
                .map(property -> (String) property.get("name"))
                .toList();
        assertThat(hintedValues().keySet())
                .allSatisfy(name -> assertThat(names).contains(name.replaceAll("\\.keys$", "")));
    }

    @Test
    void shouldGiveTheDefaultOfEachKeyOfTheActuator() {
        assertThat(items("properties"))
                .filteredOn(property -> ((String) property.get("name")).startsWith("management."))
                .extracting(property -> property.get("name"), property -> property.get("defaultValue"))
                .containsExactlyInAnyOrder(
                        tuple("management.endpoint.extensions.access", "read_only"),
                        tuple("management.endpoint.extensions.cache.time-to-live", "0ms"),
                        tuple("management.endpoint.extensions.roles", List.of()),
                        tuple("management.endpoint.extensions.show-values", "never"),
                        tuple("management.info.safe.enabled", true));
    }
}
