package dev.safe.sample.admin;

import de.codecentric.boot.admin.server.config.EnableAdminServer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;

/** Runs Spring Boot Admin's server. The view of the extensions is on its class path, and needs no code. */
@SpringBootApplication(proxyBeanMethods = false, exclude = UserDetailsServiceAutoConfiguration.class)
@EnableAdminServer
public class SampleAdminApplication {

    /** Starts the server. */
    public static void main(String[] arguments) {
        SpringApplication.run(SampleAdminApplication.class, arguments);
    }
}
