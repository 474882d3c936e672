package dev.safe.sample.config;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.config.server.EnableConfigServer;
import org.springframework.context.annotation.Configuration;

/** A config server, as every team writes it. Which files it serves is up to its arguments. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigServer
class FileServer {

    public static void main(String[] arguments) {
        SpringApplication.run(FileServer.class, arguments);
    }
}
