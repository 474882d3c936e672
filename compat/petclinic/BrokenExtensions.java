package org.springframework.samples.petclinic.system;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Extensions that panic as soon as the application starts. Its tests have to pass all the same. */
@Configuration(proxyBeanMethods = false)
class BrokenExtensions {

    /** Makes the starter set up and poll the extensions. */
    @Bean
    EventSink eventSink() {
        return Delivery::done;
    }

    @Bean
    BrokenSetup brokenSetup() {
        return new BrokenSetup();
    }

    @Bean
    BrokenPoll brokenPoll() {
        return new BrokenPoll("broken.poll");
    }

    static class BrokenSetup implements ExtensionCapability {

        @Override
        public String name() {
            return "broken.setup";
        }

        @Override
        public void setup(SetupEnv env) {
            throw new IllegalStateException("no route to the clinic");
        }
    }

    /** Is a record, which Spring cannot subclass. */
    record BrokenPoll(String name) implements ExtensionCapability {

        @Override
        public StepEvent poll() {
            throw new NoClassDefFoundError("acme/Gone");
        }
    }
}
