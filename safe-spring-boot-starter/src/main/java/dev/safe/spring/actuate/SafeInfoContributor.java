package dev.safe.spring.actuate;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * Adds the version of Safe, and how many extensions are in each state, to the {@code info} endpoint. Thread-safe.
 *
 * @since 0.1
 */
public final class SafeInfoContributor implements InfoContributor {

    /** Written by the build. */
    private static final String BUILD = "/META-INF/safe.properties";

    private final ExtensionGuard guard;
    private final String version = version();

    /**
     * Creates the contributor.
     *
     * @param guard the guard whose extensions are counted
     */
    public SafeInfoContributor(ExtensionGuard guard) {
        this.guard = guard;
    }

    private static String version() {
        try (InputStream file = SafeInfoContributor.class.getResourceAsStream(BUILD)) {
            Properties build = new Properties();
            build.load(Objects.requireNonNull(file, BUILD));
            return build.getProperty("version");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Integer> extensions = new LinkedHashMap<>();
        for (ExtensionState state : ExtensionState.values()) {
            extensions.put(tag(state), 0);
        }
        for (ExtensionSnapshot extension : guard.snapshots()) {
            extensions.merge(tag(extension.state()), 1, Integer::sum);
        }
        Map<String, Object> safe = new LinkedHashMap<>();
        safe.put("version", version);
        safe.put("extensions", extensions);
        builder.withDetail("safe", safe);
    }

    private static String tag(ExtensionState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
