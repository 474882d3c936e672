package dev.safe.sample.admin;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configures who can log in with the profile {@code login}. There are no defaults.
 *
 * @param viewer the password of {@code viewer}, who reads
 * @param operator the password of {@code operator}, who reads and writes
 * @param host the password of {@code host}, as which sample hosts register
 */
@ConfigurationProperties("admin.passwords")
record Passwords(String viewer, String operator, String host) {

    Passwords {
        required("viewer", viewer);
        required("operator", operator);
        required("host", host);
    }

    private static void required(String user, String password) {
        if (password == null || password.isBlank()) {
            throw new IllegalArgumentException("'admin.passwords.%s' must be set".formatted(user));
        }
    }
}
