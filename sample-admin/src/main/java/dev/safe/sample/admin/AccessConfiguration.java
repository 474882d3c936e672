package dev.safe.sample.admin;

import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.OPTIONS;
import static org.springframework.http.HttpMethod.POST;

import jakarta.servlet.DispatcherType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Decides who may do what. By default everybody may do everything, since the server listens on loopback only. With the
 * profile {@code login}, viewers read, operators also write, and hosts register.
 *
 * <p>Either way a browser's write needs the CSRF token of the server's own page, so that no other page can make it.
 */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    private static final RequestMatcher REGISTER = request(POST, "/instances");
    private static final RequestMatcher DEREGISTER = request(DELETE, "/instances/*");

    @Configuration(proxyBeanMethods = false)
    @Profile("!login")
    static class OpenToLoopback {

        @Bean
        SecurityFilterChain access(HttpSecurity http) {
            return withCsrfTokens(http)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Profile("login")
    @EnableConfigurationProperties(Passwords.class)
    static class Login {

        private static final String VIEWER = "VIEWER";
        private static final String OPERATOR = "OPERATOR";
        private static final String HOST = "HOST";

        @Bean
        SecurityFilterChain access(HttpSecurity http) {
            return withCsrfTokens(http)
                    .authorizeHttpRequests(requests -> requests
                            // The first pass of an asynchronous request has been authorized already.
                            .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                            .permitAll()
                            .requestMatchers("/login", "/assets/**", "/variables.css", "/actuator/health")
                            .permitAll()
                            .requestMatchers(REGISTER)
                            .hasRole(HOST)
                            .requestMatchers(DEREGISTER)
                            .hasAnyRole(HOST, OPERATOR)
                            .requestMatchers(request(GET, "/**"), request(OPTIONS, "/**"))
                            .hasAnyRole(VIEWER, OPERATOR)
                            .anyRequest()
                            .hasRole(OPERATOR))
                    .formLogin(form -> form.loginPage("/login"))
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        InMemoryUserDetailsManager users(Passwords passwords) {
            PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
            return new InMemoryUserDetailsManager(
                    user("viewer", encoder.encode(passwords.viewer()), VIEWER),
                    user("operator", encoder.encode(passwords.operator()), OPERATOR),
                    user("host", encoder.encode(passwords.host()), HOST));
        }

        private static UserDetails user(String name, String password, String role) {
            return User.withUsername(name).password(password).roles(role).build();
        }
    }

    /** Exempts hosts: they register without a browser, and so without a token. */
    private static HttpSecurity withCsrfTokens(HttpSecurity http) {
        return http.csrf(csrf -> csrf.spa().ignoringRequestMatchers(REGISTER, DEREGISTER));
    }

    private static RequestMatcher request(HttpMethod method, String path) {
        return PathPatternRequestMatcher.withDefaults().matcher(method, path);
    }
}
