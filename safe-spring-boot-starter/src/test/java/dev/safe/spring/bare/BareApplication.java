package dev.safe.spring.bare;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application that has nothing but the starter. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BareApplication {

    static class Panicking implements ExtensionCapability {
        @Override
        public String name() {
            return "a";
        }

        @Override
        public StepEvent poll() {
            throw new NoClassDefFoundError("com/acme/Gone");
        }
    }

    @Bean
    Panicking panicking() {
        return new Panicking();
    }

    public static void main(String[] arguments) {
        try (ConfigurableApplicationContext context = SpringApplication.run(BareApplication.class, arguments)) {
            context.getBean(ExtensionCapability.class).poll();
            long panics = context.getBean(ExtensionGuard.class)
                    .snapshot("a")
                    .orElseThrow()
                    .phase(Phase.POLL)
                    .panics();
            System.out.println("panics contained: " + panics);
        }
    }
}
