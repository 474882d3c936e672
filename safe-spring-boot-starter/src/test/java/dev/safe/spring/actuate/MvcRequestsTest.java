package dev.safe.spring.actuate;

import org.junit.jupiter.api.Nested;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/** Requests through Spring MVC. */
class MvcRequestsTest {

    @Nested
    @Import(OpenToEverybody.class)
    @SpringBootTest(
            classes = RequestCases.Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class OnTheHostsPort extends RequestCases {}

    @Nested
    @Import(OpenToEverybody.class)
    @SpringBootTest(
            classes = RequestCases.Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.server.port=0",
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class OnAPortOfItsOwn extends RequestCases {}
}
