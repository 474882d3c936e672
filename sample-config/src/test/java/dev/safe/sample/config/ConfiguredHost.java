package dev.safe.sample.config;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A host with two extensions, which a supervisor polls. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ConfiguredHost.Polls.class)
class ConfiguredHost {

    public static void main(String[] arguments) {
        SpringApplication.run(ConfiguredHost.class, arguments);
    }

    @Bean
    Polled udp() {
        return new Polled("network.udp");
    }

    @Bean
    Polled http() {
        return new Polled("network.http");
    }

    @Bean
    EventSink sink() {
        return Delivery::done;
    }

    /** An extension that counts the polls that reach it. */
    static class Polled implements ExtensionCapability {

        private final String name;
        private final AtomicLong polls = new AtomicLong();

        Polled(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable StepEvent poll() {
            polls.incrementAndGet();
            return null;
        }

        long polls() {
            return polls.get();
        }
    }

    /** Shows how many polls have reached each extension, by the extensions' own count. */
    @RestController
    static class Polls {

        private final ObjectProvider<Polled> extensions;

        Polls(ObjectProvider<Polled> extensions) {
            this.extensions = extensions;
        }

        @GetMapping("/polls")
        Map<String, Long> polls() {
            Map<String, Long> polls = new TreeMap<>();
            extensions.forEach(extension -> polls.put(extension.name(), extension.polls()));
            return polls;
        }
    }
}
