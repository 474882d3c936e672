package dev.safe.compat.pf4j;

import java.nio.file.Path;

/** The jars of the plugins, each built once for all tests. */
final class Jars {

    private static final Path DIRECTORY = Path.of("target", "plugins");

    /** Behaves well. */
    static final Path FEED_1 = PluginJar.of("feed", "1.0.0").in(DIRECTORY);

    static final Path FEED_2 = PluginJar.of("feed", "2.0.0").in(DIRECTORY);

    /** Behaves well, and uses a class of feed. */
    static final Path DASHBOARD =
            PluginJar.of("dashboard", "1.0.0").needing("feed").in(DIRECTORY);

    /** Lacks a class that it needs at each poll. */
    static final Path GEO_1 =
            PluginJar.of("geo", "1.0.0").without("acme/geo/Projection.class").in(DIRECTORY);

    static final Path GEO_2 = PluginJar.of("geo", "2.0.0").in(DIRECTORY);

    /** Starts a thread in setup, then hangs. */
    static final Path MODEM_1 = PluginJar.of("modem", "1.0.0").in(DIRECTORY);

    static final Path MODEM_2 = PluginJar.of("modem", "2.0.0").in(DIRECTORY);

    /** Leaks wherever it passes. */
    static final Path PINBOARD_1 = PluginJar.of("pinboard", "1.0.0").in(DIRECTORY);

    static final Path PINBOARD_2 = PluginJar.of("pinboard", "2.0.0").in(DIRECTORY);

    private Jars() {}
}
