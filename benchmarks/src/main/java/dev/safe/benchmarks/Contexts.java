package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import java.util.Arrays;
import java.util.function.Predicate;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts Boot applications for contenders that are beans, so that Boot makes their proxies as it does in a user's
 * application.
 */
final class Contexts {

    private Contexts() {}

    static ConfigurableApplicationContext start(Class<?> configuration, String... properties) {
        return new SpringApplicationBuilder(configuration)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .properties(properties)
                .run();
    }

    static ExtensionCapability extension(ConfigurableApplicationContext context, String bean) {
        return context.getBean(bean, ExtensionCapability.class);
    }

    /** Returns an extension whose only advice is the measured one, besides Spring's own. */
    static ExtensionCapability advisedBy(
            ConfigurableApplicationContext context, String bean, Predicate<Advisor> measured) {
        ExtensionCapability extension = extension(context, bean);
        Work.check(extension instanceof Advised, bean + " is no proxy");
        long found = Arrays.stream(((Advised) extension).getAdvisors())
                .filter(measured)
                .count();
        Work.check(found == 1, bean + " is advised " + found + " times");
        return extension;
    }
}
