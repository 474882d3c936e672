package dev.safe.spring.actuate;

import org.junit.jupiter.api.Nested;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** Requests through WebFlux. */
class WebFluxRequestsTest {

    @Configuration(proxyBeanMethods = false)
    static class OpenToEverybody {

        @Bean
        SecurityWebFilterChain everybody(ServerHttpSecurity http) {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
                    .build();
        }
    }

    @Nested
    @SpringBootTest(
            classes = {RequestCases.Host.class, OpenToEverybody.class},
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "spring.main.web-application-type=reactive",
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class OnTheHostsPort extends RequestCases {}

    @Nested
    @SpringBootTest(
            classes = {RequestCases.Host.class, OpenToEverybody.class},
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "spring.main.web-application-type=reactive",
                "management.server.port=0",
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class OnAPortOfItsOwn extends RequestCases {}
}
