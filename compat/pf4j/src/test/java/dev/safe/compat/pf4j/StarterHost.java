package dev.safe.compat.pf4j;

import dev.safe.ExtensionGuard;
import dev.safe.spring.SupervisorLifecycle;
import dev.safe.spring.autoconfigure.SupervisorCustomizer;
import dev.safe.supervisor.EventSink;
import dev.safe.supervisor.ExtensionSupervisor;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The host with the starter. The extension of each plugin is a prototype bean, or the supervisor is given a supplier of
 * it. Either way a restart asks PF4J for a new one.
 */
final class StarterHost extends Host {

    private final ConfigurableApplicationContext context;
    private final boolean usesBeans;

    private StarterHost(Plugins plugins, boolean usesBeans) {
        super(plugins);
        this.usesBeans = usesBeans;
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(properties().toArray(String[]::new))
                .initializers(starting -> registerBeans((GenericApplicationContext) starting))
                .run();
    }

    static StarterHost withBeans(Plugins plugins) {
        return new StarterHost(plugins, true);
    }

    static StarterHost withSuppliers(Plugins plugins) {
        return new StarterHost(plugins, false);
    }

    private List<String> properties() {
        List<String> properties = new ArrayList<>(List.of(
                "safe.unguarded=fail",
                "safe.phases.setup.budget.limit=" + SETUP_LIMIT,
                "safe.phases.setup.budget.on-overrun=interrupt",
                "safe.supervisor.teardown-deadline=" + TEARDOWN_DEADLINE,
                "safe.supervisor.restart.after-trips=1",
                "safe.supervisor.restart.initial-backoff=" + RESTART_BACKOFF,
                "safe.supervisor.restart.max-backoff=" + RESTART_BACKOFF,
                "safe.supervisor.restart.multiplier=1",
                "safe.supervisor.restart.max-restarts=" + MAX_RESTARTS,
                "spring.main.banner-mode=off"));
        if (plugins.deployed().contains("dashboard")) {
            properties.add("safe.supervisor.extensions.dashboard.depends-on=feed");
        }
        return properties;
    }

    private void registerBeans(GenericApplicationContext starting) {
        starting.registerBean(EventSink.class, () -> events);
        starting.registerBean(SupervisorCustomizer.class, () -> this::customize);
        if (usesBeans) {
            plugins.deployed().forEach(plugin -> registerBean(starting, plugin));
        }
    }

    private void registerBean(GenericApplicationContext starting, String plugin) {
        starting.registerBean(
                plugin,
                CellExtension.class,
                () -> plugins.extension(plugin),
                definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE));
    }

    private void customize(ExtensionSupervisor.Builder builder) {
        builder.setupEnv(this::environment);
        if (!usesBeans) {
            plugins.deployed().forEach(plugin -> builder.extension(plugin, () -> plugins.extension(plugin)));
        }
    }

    @Override
    ExtensionGuard guard() {
        return context.getBean(ExtensionGuard.class);
    }

    @Override
    void restart(String extension, String reason) {
        context.getBean(SupervisorLifecycle.class).restart(extension, reason);
    }

    @Override
    void stop() {
        context.close();
    }

    /** Spring keeps the class of each bean that it has made, for as long as the context lives. */
    @Override
    boolean letsGoWhileItRuns() {
        return !usesBeans;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
