package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.GenericApplicationContext;

/** Beans whose class the host's own class loader cannot find, as with PF4J or OSGi. */
class PluginLoaderTest {

    private static final String SOURCE = """
            package acme;

            public class Udp implements dev.safe.ExtensionCapability, Restartable {
                private int names;

                @Override
                public String name() {
                    names++;
                    return names == 1 ? "network.udp" : "read.again";
                }

                @Override
                public dev.safe.StepEvent poll() {
                    throw new NoClassDefFoundError("acme/Gone");
                }
            }

            interface Restartable {}
            """;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class))
            .withPropertyValues("safe.unguarded=fail");

    private URLClassLoader plugin;

    @BeforeEach
    void load(@TempDir Path directory) throws IOException {
        Path source = Files.createDirectories(directory.resolve("acme")).resolve("Udp.java");
        Files.writeString(source, SOURCE);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        directory.toString(),
                        source.toString());
        assertThat(result).isZero();
        plugin = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
    }

    @AfterEach
    void unload() throws IOException {
        plugin.close();
    }

    private Class<?> udp() throws ClassNotFoundException {
        return plugin.loadClass("acme.Udp");
    }

    private static void assertContained(ExtensionGuard guard, Object extension) {
        assertThat(((ExtensionCapability) extension).poll()).isNull();
        assertThat(guard.callPoll((ExtensionCapability) extension)).isNull();
        assertThat(guard.snapshots()).hasSize(1);
        assertThat(guard.snapshot("network.udp").orElseThrow().phase(Phase.POLL).panics())
                .isEqualTo(2);
    }

    @Test
    void shouldContainABeanOfAPluginsClass() {
        runner.withInitializer(context -> {
                    try {
                        ((GenericApplicationContext) context)
                                .registerBeanDefinition("plugin", new RootBeanDefinition(udp()));
                    } catch (ClassNotFoundException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                })
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertContained(context.getBean(ExtensionGuard.class), context.getBean("plugin"));
                });
    }

    /** Registers beans as PF4J's Spring plugins do, once the context is up. */
    @Test
    void shouldContainWhatSpringIsHandedWithoutADefinition() {
        runner.run(context -> {
            Object created = context.getAutowireCapableBeanFactory().createBean(udp());
            context.getBeanFactory().registerSingleton("acme.Udp", created);
            assertThat(context.getBean(ContainmentCheck.class).unguarded()).isEmpty();
            assertContained(context.getBean(ExtensionGuard.class), created);
        });
    }

    @Test
    void shouldContainAPluginsInstanceThatABeanMethodReturns() {
        runner.withBean("plugin", ExtensionCapability.class, () -> {
                    try {
                        return (ExtensionCapability)
                                udp().getDeclaredConstructor().newInstance();
                    } catch (ReflectiveOperationException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                })
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertContained(context.getBean(ExtensionGuard.class), context.getBean("plugin"));
                });
    }
}
