package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeInfoAutoConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SafeInfoContributorTest {

    private static final Pattern PARENT_VERSION =
            Pattern.compile("<artifactId>safe</artifactId>\\s*<version>([^<$]+)</version>");

    private final ApplicationContextRunner host = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SafeAutoConfiguration.class, SafeInfoAutoConfiguration.class));

    /** Returns the version that the pom of this module has. */
    static String versionOfTheBuild() throws Exception {
        Matcher version = PARENT_VERSION.matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    /** Returns the counts of one extension as JSON. */
    static String counts(String state) {
        return Arrays.stream(ExtensionState.values())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .map(each -> "\"" + each + "\":" + (each.equals(state) ? 1 : 0))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void shouldSayTheVersionAndCountByState() throws Exception {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        for (String name : new String[] {"a", "b", "c"}) {
            ExtensionCapability extension = guard.guarded(() -> name);
            extension.poll();
        }
        guard.quarantine("b", Phase.POLL, "why");
        Info.Builder info = new Info.Builder();
        new SafeInfoContributor(guard).contribute(info);
        Map<?, ?> safe = info.build().get("safe", Map.class);
        assertThat(safe.get("version")).isEqualTo(versionOfTheBuild());
        assertThat(safe.get("extensions"))
                .asString()
                .startsWith("{new=0, running=2, ")
                .contains("failed=0", "quarantined=1", "stuck=0", "stopped=0");
    }

    @Test
    void shouldBeThereUnlessSwitchedOff() {
        host.run(context -> assertThat(context).hasSingleBean(SafeInfoContributor.class));
        host.withPropertyValues("management.info.safe.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SafeInfoContributor.class));
        host.withPropertyValues("management.info.defaults.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SafeInfoContributor.class));
        host.withPropertyValues("management.info.defaults.enabled=false", "management.info.safe.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(SafeInfoContributor.class));
        host.withPropertyValues("safe.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SafeInfoContributor.class));
        host.withClassLoader(new FilteredClassLoader(InfoContributor.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("safeInfoContributor"));
    }

    @Test
    void shouldBackOffForTheHostsOwn() {
        SafeInfoContributor own = new SafeInfoContributor(ExtensionGuard.ofDefaults());
        host.withBean("own", SafeInfoContributor.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(SafeInfoContributor.class).isSameAs(own));
    }
}
