package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeEndpointAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Logs why the endpoint shows no values, so that nobody has to wonder. */
@ExtendWith(OutputCaptureExtension.class)
class HiddenValuesTest {

    private static final String WARNING =
            "'management.endpoint.extensions.show-values' is when-authorized, and there is"
                    + " no Spring Security to authorize anybody: messages and frames are shown to nobody, unless the web server"
                    + " itself knows its users";

    private final ApplicationContextRunner host = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SafeAutoConfiguration.class, SafeEndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=extensions");

    private final ApplicationContextRunner withoutSecurity =
            host.withClassLoader(new FilteredClassLoader("org.springframework.security"));

    @Test
    void shouldSayOnceThatNobodyCanBeAuthorized(CapturedOutput output) {
        withoutSecurity
                .withPropertyValues("management.endpoint.extensions.show-values=when-authorized")
                .run(parent -> host.withClassLoader(new FilteredClassLoader("org.springframework.security"))
                        .withPropertyValues("management.endpoint.extensions.show-values=when-authorized")
                        .withParent(parent)
                        .run(child -> assertThat(child).hasNotFailed()));
        assertThat(output.getAll().lines().filter(line -> line.contains("show-values")))
                .singleElement()
                .asString()
                .contains("WARN")
                .endsWith(WARNING);
    }

    @Test
    void shouldSayNothingWhereTheAnswerIsPlain(CapturedOutput output) {
        for (String plain : new String[] {"never", "always"}) {
            withoutSecurity
                    .withPropertyValues("management.endpoint.extensions.show-values=" + plain)
                    .run(context -> assertThat(context).hasSingleBean(ExtensionsEndpoint.class));
        }
        host.withPropertyValues("management.endpoint.extensions.show-values=when-authorized")
                .run(context -> assertThat(context).hasSingleBean(ExtensionsEndpoint.class));
        assertThat(output.getAll()).doesNotContain("show-values");
    }
}
