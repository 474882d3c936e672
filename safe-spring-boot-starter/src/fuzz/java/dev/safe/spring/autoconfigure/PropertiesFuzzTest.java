package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.supervisor.ExtensionSupervisor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** Reads any properties as a start does: either they are good, or the start fails with an analysis. */
class PropertiesFuzzTest {

    static {
        ((Logger) LoggerFactory.getLogger("dev.safe")).setLevel(Level.OFF);
    }

    @FuzzTest(maxDuration = "10m")
    void shouldBindAnyPropertiesOrExplainWhyNot(FuzzedDataProvider data) {
        ConfigurableEnvironment environment = FuzzedProperties.draw(data);
        Throwable failure = startWith(environment);
        if (failure != null) {
            assertExplained(failure, environment);
        }
    }

    /** Does with the properties what a start does, without a context. */
    private static @Nullable Throwable startWith(Environment environment) {
        try {
            if (!OnSafeEnabled.isEnabled(environment)) {
                return null;
            }
            CurrentProperties current = new CurrentProperties(environment);
            try (ExtensionGuard guard = current.buildGuard()) {
                current.guardKeys(null);
                ExtensionsEndpointProperties.bind(environment);
                supervise(guard, current.properties().supervisor(), environment);
                current.rebind(guard);
                for (Phase phase : Phase.values()) {
                    current.holdOrigin("network.udp", phase);
                }
            }
            return null;
        } catch (Throwable failure) {
            return failure;
        }
    }

    private static void supervise(ExtensionGuard guard, SafeProperties.Supervisor properties, Environment environment) {
        ExtensionSupervisor.Builder builder = ExtensionSupervisor.builder(guard, delivery -> delivery.done());
        SupervisorSettings settings = new SupervisorSettings(properties, environment);
        ExtensionCapability udp = () -> "network.udp";
        ExtensionCapability chaos = () -> "chaos";
        builder.extension(udp).extension(chaos);
        settings.accept(builder);
        settings.build(builder, guard);
    }

    /** Checks that the failure is explained, in terms of a key that somebody wrote. */
    private static void assertExplained(Throwable failure, ConfigurableEnvironment environment) {
        FailureAnalysis analysis = analysis(failure, environment);
        if (analysis == null) {
            throw new AssertionError("no analysis of " + failure + ", with " + written(environment), failure);
        }
        assertThat(analysis.getDescription()).isNotBlank().doesNotContain("Bindable@");
        assertThat(analysis.getAction()).isNotBlank();
        assertThat(keys(environment))
                .as("a key that was written, in: %s", analysis.getDescription())
                .anyMatch(key -> analysis.getDescription().contains(key));
    }

    private static List<String> keys(ConfigurableEnvironment environment) {
        return environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .flatMap(source -> List.of(((EnumerablePropertySource<?>) source).getPropertyNames()).stream())
                .toList();
    }

    private static List<String> written(ConfigurableEnvironment environment) {
        return environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .map(source -> String.valueOf(source.getSource()))
                .toList();
    }

    private static @Nullable FailureAnalysis analysis(Throwable failure, Environment environment) {
        FailureAnalysis ours = new InvalidSafePropertyFailureAnalyzer().analyze(failure);
        return ours != null
                ? ours
                : SpringFactoriesLoader.forDefaultResourceLocation()
                        .load(
                                FailureAnalyzer.class,
                                ArgumentResolver.of(Environment.class, environment),
                                FailureHandler.handleMessage((message, unusable) -> {}))
                        .stream()
                        .map(analyzer -> analyzer.analyze(failure))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }
}
