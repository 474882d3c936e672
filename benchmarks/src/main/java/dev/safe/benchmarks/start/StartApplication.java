package dev.safe.benchmarks.start;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Runs an application with only what auto-configuration finds, and with the given numbers of unrelated beans and
 * extensions. If the third argument is {@code size}, it prints its size.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StartApplication {

    public static void main(String[] arguments) throws IOException {
        int unrelated = Integer.parseInt(arguments[0]);
        int extensions = Integer.parseInt(arguments[1]);
        SpringApplication application = new SpringApplication(StartApplication.class);
        ApplicationContextInitializer<ConfigurableApplicationContext> beans = context -> {
            BeanDefinitionRegistry registry = (BeanDefinitionRegistry) context.getBeanFactory();
            for (int i = 0; i < unrelated; i++) {
                registry.registerBeanDefinition("unrelated" + i, new RootBeanDefinition(Unrelated.class));
            }
            for (int i = 0; i < extensions; i++) {
                RootBeanDefinition plugin = new RootBeanDefinition(Plugin.class);
                plugin.getConstructorArgumentValues().addIndexedArgumentValue(0, "plugin" + i);
                registry.registerBeanDefinition("plugin" + i, plugin);
            }
        };
        application.addInitializers(beans);
        try (ConfigurableApplicationContext context = application.run()) {
            if (arguments.length > 2) {
                tell(context, extensions);
            }
        }
    }

    /** Prints whether the starter is active as expected, the number of beans, heap and memory. */
    private static void tell(ConfigurableApplicationContext context, int extensions) throws IOException {
        boolean advised = extensions == 0 || AopUtils.isAopProxy(context.getBean("plugin0"));
        long resident = residentKilobytes(); // before the collections, which return memory
        System.gc();
        System.gc();
        System.out.printf(
                "size %b %b %b %d %d %d%n",
                isBean(context, "dev.safe.ExtensionGuard") && advised,
                isBean(context, "io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry"),
                context.containsBean("org.springframework.aop.config.internalAutoProxyCreator"),
                context.getBeanDefinitionCount(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                resident);
    }

    private static boolean isBean(ConfigurableApplicationContext context, String type) {
        if (!ClassUtils.isPresent(type, null)) {
            return false;
        }
        Class<?> present = ClassUtils.resolveClassName(type, null);
        return context.getBeanNamesForType(present, false, false).length > 0;
    }

    /** Returns the resident memory, or -1 without {@code /proc}. */
    private static long residentKilobytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return -1;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .flatMap(line -> Arrays.stream(line.split("\\s+")))
                    .filter(word -> word.matches("\\d+"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(-1);
        }
    }
}
