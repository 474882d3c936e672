package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What Boot's own endpoint shows of the properties, asked over HTTP. */
class ConfigpropsTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration"
            })
    static class Host {}

    private static Map<String, Object> properties(ConfigurableApplicationContext context) throws Exception {
        URI uri = URI.create("http://localhost:%s/actuator/configprops/safe"
                .formatted(context.getEnvironment().getProperty("local.server.port")));
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Map<String, Object> bean = at(
                JsonParserFactory.getJsonParser().parseMap(response.body()),
                "contexts",
                context.getId(),
                "beans",
                "safe-dev.safe.spring.autoconfigure.SafeProperties");
        assertThat(bean).containsEntry("prefix", "safe");
        return at(bean, "properties");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Map<String, Object> map, String... path) {
        Map<String, Object> current = map;
        for (String step : path) {
            assertThat(current).containsKey(step);
            current = (Map<String, Object>) current.get(step);
        }
        return current;
    }

    private static ConfigurableApplicationContext run(String... properties) {
        SpringApplication application = new SpringApplication(Host.class);
        application.setDefaultProperties(Map.of(
                "server.port", "0",
                "management.endpoints.web.exposure.include", "configprops",
                "management.endpoint.configprops.show-values", "always"));
        return application.run(properties);
    }

    @Test
    void shouldShowWhatIsSetAndWhatARefreshChanges() throws Exception {
        try (ConfigurableApplicationContext context = run(
                "--safe.unguarded=fail",
                "--safe.pass-through=java.io.UncheckedIOException",
                "--safe.phases.finalize.log.burst=7",
                "--safe.extensions[network.udp].phases.poll.quarantine.window=1m")) {
            assertThat(properties(context))
                    .containsEntry("enabled", true)
                    .containsEntry("unguarded", "FAIL")
                    .containsEntry("passThrough", List.of("java.io.UncheckedIOException"));
            assertThat(at(properties(context), "phases", "finalizeStep", "log")).containsEntry("burst", 7);
            assertThat(at(properties(context), "extensions", "network.udp", "phases", "poll", "quarantine"))
                    .containsEntry("window", "PT1M");

            TestPropertyValues.of("safe.phases.finalize.log.burst=8").applyTo(context.getEnvironment());
            context.publishEvent(
                    new EnvironmentChangeEvent(context, java.util.Set.of("safe.phases.finalize.log.burst")));
            assertThat(at(properties(context), "phases", "finalizeStep", "log")).containsEntry("burst", 8);
        }
    }

    @Test
    void shouldShowTheDefaultsWhereNothingIsSet() throws Exception {
        try (ConfigurableApplicationContext context = run()) {
            assertThat(properties(context)).containsEntry("enabled", true).containsEntry("unguarded", "WARN");
        }
    }

    /** Looks for beans early, as a post-processor that depends on beans does. */
    @Configuration(proxyBeanMethods = false)
    static class EarlySearch {

        @Bean
        static BeanPostProcessor searching(ConfigurableListableBeanFactory beans) {
            assertThat(beans.getBeanNamesForType(SafeProperties.class)).hasSize(1);
            assertThat(beans.getBeanNamesForType(Runnable.class)).isEmpty();
            assertThat(beans.containsSingleton("currentSafeProperties")).isFalse();
            return new BeanPostProcessor() {};
        }
    }

    @Test
    void shouldBindNothingWhereSomebodyLooksForOtherBeans() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SafeAutoConfiguration.class))
                .withUserConfiguration(EarlySearch.class)
                .run(context -> assertThat(context).hasNotFailed());
    }
}
