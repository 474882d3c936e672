package dev.safe.spring.autoconfigure;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Draws what users write: keys that exist or nearly do, in any spelling, with values that fit or do not. */
final class FuzzedProperties {

    private static final int MAX_PROPERTIES = 5;

    private static final List<String> KEYS = PropertyTree.of(ConfigurationPropertyName.of("safe"), SafeProperties.class)
            .settings("network.udp")
            .toList();

    private static final String[] OTHERS = {
        "safe",
        "safe.",
        "safe.phases",
        "safe.extensions",
        "safe.extensions[network.udp]",
        "safe.extensions.chaos.phases.poll.on-panic",
        "safe.extensions.network.udp.phases.poll.quarantine.threshold",
        "safe.extensions[].phases.poll.on-panic",
        "safe.extensions[a b].phases.poll.quarantine.threshold",
        "safe.supervisor.extensions.chaos.depends-on",
        "safe.supervisor.extensions[network.udp].config",
        "safe.supervisor.extensions[network.udp].config.a.b[0]",
        "management.endpoint.extensions.show-values",
        "management.endpoint.extensions.roles"
    };

    private static final Object[] VALUES = {
        "",
        " ",
        "true",
        "off",
        "TRUE",
        "0",
        "-1",
        "1",
        "3",
        "1.5",
        "NaN",
        "-Infinity",
        "1e309",
        "2147483648",
        "9223372036854775808",
        "0x10",
        "10s",
        "250ms",
        "5m",
        "1h",
        "-5s",
        "1ns",
        "PT1H",
        "99999999999d",
        "9223372036854775807ns",
        "P10675199DT2H48M5.4775807S",
        "s",
        "throw",
        "suppress",
        "THROW",
        "warn",
        "interrupt",
        "once",
        "always",
        "UP",
        "out-of-service",
        "network.udp",
        "chaos,network.udp",
        "network.udp,,",
        "java.lang.IllegalStateException",
        "java.lang.Throwable",
        "java.lang.String",
        "java.lang.Gone",
        "java.util.concurrent.TimeoutException,java.io.IOException",
        "int",
        "[I",
        "${HOME}",
        "${safe.enabled}",
        "${gone}",
        "${gone:3}",
        "${",
        "}${a${b}",
        "#{1}",
        "ticket 4711",
        "a\nb\u001B[31m",
        "\uD800",
        "\uFEFF3",
        "٣",
        "x".repeat(5_000),
        0,
        -1,
        7,
        Long.MAX_VALUE,
        Double.NaN,
        0.5,
        true,
        false,
        Duration.ofSeconds(Long.MAX_VALUE),
        'c'
    };

    private FuzzedProperties() {}

    /** Draws an environment of a few properties, in the order of precedence: variables, files. */
    static ConfigurableEnvironment draw(FuzzedDataProvider data) {
        Map<String, Object> variables = new LinkedHashMap<>();
        Map<String, Object> file = new LinkedHashMap<>();
        int count = data.consumeInt(1, MAX_PROPERTIES);
        for (int i = 0; i < count; i++) {
            String key = key(data);
            Object value = value(data);
            if (data.consumeInt(0, 3) == 3) {
                variables.put(variable(key), String.valueOf(value));
            } else {
                file.put(key, value);
            }
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment
                .getPropertySources()
                .addLast(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        environment.getPropertySources().addLast(new MapPropertySource("application.yml", file));
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    private static String key(FuzzedDataProvider data) {
        String key = data.consumeInt(0, 3) == 3 ? data.pickValue(OTHERS) : data.pickValue(KEYS);
        return switch (data.consumeInt(0, 12)) {
            case 0 -> camel(key);
            case 1 -> key.replace('-', '_');
            case 2 -> key.toUpperCase(Locale.ROOT);
            case 3 -> key + "[" + data.consumeInt(-1, 12) + "]";
            case 4 -> key + "." + data.consumeInt(-1, 12);
            case 5 -> key + "[99999999999]";
            case 6 -> cut(data, key) + data.consumeString(6);
            case 7 -> cut(data, key) + data.consumeString(6) + key.substring(key.length() / 2);
            case 8 -> key + "." + data.consumeString(12);
            case 9 -> key.replace("network.udp", data.consumeString(12));
            default -> key;
        };
    }

    private static String cut(FuzzedDataProvider data, String key) {
        return key.substring(0, data.consumeInt(Math.min(5, key.length()), key.length()));
    }

    private static String camel(String key) {
        StringBuilder camel = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char character = key.charAt(i);
            boolean begins = i > 0 && key.charAt(i - 1) == '-';
            if (character != '-') {
                camel.append(begins ? Character.toUpperCase(character) : character);
            }
        }
        return camel.toString();
    }

    /** Spells a key as the name of a variable, in which brackets and dots become underscores. */
    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace("-", "").replaceAll("[.\\[\\]]+", "_");
    }

    private static Object value(FuzzedDataProvider data) {
        return data.consumeInt(0, 4) == 4 ? data.consumeString(24) : data.pickValue(VALUES);
    }
}
