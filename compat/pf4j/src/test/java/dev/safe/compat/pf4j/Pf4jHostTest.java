package dev.safe.compat.pf4j;

import static dev.safe.compat.pf4j.Eventually.assertCollected;
import static dev.safe.compat.pf4j.Eventually.assertThatEventually;
import static dev.safe.test.GuardAssertions.assertThat;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginManager;

/** Plugins in class loaders of their own, loaded by PF4J and run by Safe. */
@ParameterizedClass
@EnumSource
class Pf4jHostTest {

    enum Kind {
        PLAIN(PlainHost::new),
        STARTER_WITH_BEANS(StarterHost::withBeans),
        STARTER_WITH_SUPPLIERS(StarterHost::withSuppliers);

        private final Function<Plugins, Host> start;

        Kind(Function<Plugins, Host> start) {
            this.start = start;
        }
    }

    private static final long SOME = 50;

    @Parameter
    private Kind kind;

    @TempDir
    private Path root;

    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private Set<Thread> before;
    private Plugins plugins;
    private Host host;

    @BeforeEach
    void begin() {
        before = threads();
        plugins = new Plugins(root);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet();
    }

    private void start() {
        host = kind.start.apply(plugins);
    }

    private void startAll() {
        plugins.deploy("feed", Jars.FEED_1);
        plugins.deploy("dashboard", Jars.DASHBOARD);
        plugins.deploy("geo", Jars.GEO_1);
        plugins.deploy("modem", Jars.MODEM_1);
        start();
    }

    @AfterEach
    void shouldLeaveNeitherThreadNorClassLoader() {
        plugins.deployed().forEach(this::loaderOf);
        host.close();
        plugins.close();
        host = null; // Spring's caches are a part of it.
        loaders.forEach(Eventually::assertCollected);
        assertThatEventually("no thread is left", () -> left().isEmpty());
    }

    /** Returns the present class loader of a plugin, which has to be collected at the end of the test. */
    private WeakReference<ClassLoader> loaderOf(String plugin) {
        WeakReference<ClassLoader> loader = new WeakReference<>(plugins.loader(plugin));
        loaders.add(loader);
        return loader;
    }

    private void assertLetGo(WeakReference<ClassLoader> old) {
        if (host.letsGoWhileItRuns()) {
            assertCollected(old);
        }
    }

    private Set<String> left() {
        return threads().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .map(Thread::getName)
                .collect(toSet());
    }

    /** Waits until an extension has had some more events. */
    private void awaitMore(String extension) {
        long had = host.events.of(extension);
        assertThatEventually(extension + " has events", () -> host.events.of(extension) >= had + SOME);
    }

    private void awaitMore(String extension, String content) {
        long had = host.events.of(extension, content);
        assertThatEventually(
                extension + " has events " + content, () -> host.events.of(extension, content) >= had + SOME);
    }

    /** Waits until an extension has failed for good, and not only until its next restart. */
    private void awaitFailed(String extension, long restarts) {
        assertThatEventually(extension + " has failed after " + restarts + " restarts", () -> {
            ExtensionSnapshot now = host.guard().snapshot(extension).orElseThrow();
            return now.state() == ExtensionState.FAILED && Objects.equals(now.restarts(), restarts);
        });
    }

    /** Checks that an extension was set up once, and has noticed nothing since. */
    private void assertUndisturbed(String extension) {
        awaitMore(extension);
        assertThat(host.guard())
                .extension(extension)
                .hasNoPanics()
                .hasNoErrors()
                .hasNoOverruns()
                .hasRejected(Phase.POLL, 0)
                .hasRestarts(0)
                .isRunning();
        assertThat(host.calls(extension).setups()).hasValue(1);
        assertThat(host.calls(extension).teardowns()).hasValue(0);
    }

    @Test
    void shouldRunPluginsBesideOneThatLacksAClassAndOneThatHangs() {
        startAll();
        awaitFailed("geo", Host.MAX_RESTARTS);
        awaitFailed("modem", Host.MAX_RESTARTS);

        int lives = 1 + Host.MAX_RESTARTS;
        int threshold = 5;
        assertThat(host.guard())
                .extension("geo")
                .hasPanics(Phase.POLL, (long) lives * threshold)
                .hasPanicOf(Phase.POLL, NoClassDefFoundError.class, "acme/geo/Projection")
                .hasQuarantines(Phase.POLL, lives)
                .hasRestarts(Host.MAX_RESTARTS);
        assertThat(host.calls("geo").polls()).hasValue((long) lives * threshold);
        assertThat(host.calls("geo").setups()).hasValue(lives);
        assertThat(host.guard())
                .extension("modem")
                .hasNoPanics()
                .hasErrors(Phase.SETUP, lives)
                .hasLastError(Phase.SETUP, InterruptedException.class, null)
                .hasOverruns(Phase.SETUP, lives)
                .hasStuckCalls(Phase.SETUP, 0)
                .hasRestarts(Host.MAX_RESTARTS);
        assertThat(host.calls("modem").setups()).hasValue(lives);
        assertThatEventually(
                "each setup of modem is followed by a teardown",
                () -> host.calls("modem").teardowns().get() == lives);
        assertUndisturbed("feed");
        assertUndisturbed("dashboard");
    }

    @Test
    void shouldUpdateBrokenPluginsWhileTheOthersRun() {
        startAll();
        awaitFailed("geo", Host.MAX_RESTARTS);
        awaitFailed("modem", Host.MAX_RESTARTS);
        WeakReference<ClassLoader> oldGeo = loaderOf("geo");
        WeakReference<ClassLoader> oldModem = loaderOf("modem");

        host.update("geo", Jars.GEO_2);
        host.update("modem", Jars.MODEM_2);

        awaitMore("geo", "2.0.0");
        awaitMore("modem", "2.0.0");
        assertThat(host.guard())
                .extension("geo")
                .hasPanics(Phase.POLL, 20) // as before the update
                .isNotQuarantined(Phase.POLL)
                .isRunning();
        assertThat(host.guard()).extension("modem").hasErrors(Phase.SETUP, 4).isRunning();
        assertLetGo(oldGeo);
        assertLetGo(oldModem);
        assertUndisturbed("feed");
        assertUndisturbed("dashboard");
    }

    /** Shows what the supervisor adds: PF4J alone leaves what depends on an updated plugin unloaded. */
    @Test
    void shouldBringDependentsBackAfterAnUpdate() {
        assertThat(loadedByPf4jAfterAnUpdateOfFeed()).containsExactly("feed@2.0.0");

        startAll();
        awaitMore("dashboard", "feed 1.0.0");
        WeakReference<ClassLoader> oldFeed = loaderOf("feed");
        WeakReference<ClassLoader> oldDashboard = loaderOf("dashboard");

        host.update("feed", Jars.FEED_2);

        awaitMore("feed", "2.0.0");
        awaitMore("dashboard", "feed 2.0.0");
        for (String name : List.of("feed", "dashboard")) {
            assertThat(host.guard())
                    .extension(name)
                    .hasNoPanics()
                    .hasNoErrors()
                    .hasRestarts(1)
                    .isRunning();
            assertThat(host.calls(name).setups()).hasValue(2);
            assertThat(host.calls(name).teardowns()).hasValue(1);
        }
        assertLetGo(oldFeed);
        assertLetGo(oldDashboard);
    }

    private List<String> loadedByPf4jAfterAnUpdateOfFeed() {
        PluginManager alone = new JarPluginManager(root);
        alone.loadPlugin(Jars.FEED_1);
        alone.loadPlugin(Jars.DASHBOARD);
        alone.startPlugins();
        assertThat(alone.getStartedPlugins()).hasSize(2);
        alone.unloadPlugin("feed");
        alone.loadPlugin(Jars.FEED_2);
        alone.startPlugins();
        List<String> loaded = alone.getPlugins().stream()
                .map(plugin ->
                        plugin.getPluginId() + "@" + plugin.getDescriptor().getVersion())
                .toList();
        alone.unloadPlugins();
        return loaded;
    }

    @Test
    void shouldFinalizeEachEventOnceAcrossUpdates() {
        plugins.deploy("feed", Jars.FEED_1);
        start();
        for (Path jar : List.of(Jars.FEED_2, Jars.FEED_1, Jars.FEED_2)) {
            awaitMore("feed");
            host.update("feed", jar);
        }
        awaitMore("feed", "2.0.0");
        host.close();

        assertThat(host.calls("feed").finalized()).hasValue(host.events.of("feed"));
        assertThat(host.calls("feed").setups()).hasValue(4);
        assertThat(host.calls("feed").teardowns()).hasValue(4);
    }

    @Test
    void shouldLetGoOfAPluginThatClingsToThreadsAndThrowables() {
        plugins.deploy("feed", Jars.FEED_1);
        plugins.deploy("pinboard", Jars.PINBOARD_1);
        start();
        awaitFailed("pinboard", Host.MAX_RESTARTS);
        assertPanicsInHostFunction("pinboard");
        WeakReference<ClassLoader> old = loaderOf("pinboard");

        host.update("pinboard", Jars.PINBOARD_2);

        awaitFailed("pinboard", 1 + 2 * Host.MAX_RESTARTS);
        assertLetGo(old);
        assertThat(host.guard())
                .extension("pinboard")
                .hasPanics(Phase.POLL, 40)
                .hasPanics(Phase.HOST, 1)
                .hasErrors(Phase.TEARDOWN, 0);
        assertThat(host.calls("pinboard").polls()).hasValue(40);
        assertThatEventually(
                "each teardown panicked",
                () -> host.guard()
                                .snapshot("pinboard")
                                .orElseThrow()
                                .phase(Phase.TEARDOWN)
                                .panics()
                        == 8);
        assertUndisturbed("feed");
    }

    /** Wraps a host function whose interface only the plugin's class loader knows. */
    private void assertPanicsInHostFunction(String plugin) {
        try {
            Class<?> type = plugins.loader(plugin).loadClass("acme.pinboard.Pin");
            Object body = plugins.loader(plugin)
                    .loadClass("acme.pinboard.LoosePin")
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(type.getMethod("stick").invoke(wrapped(plugin, type, body)))
                    .isNull();
        } catch (ReflectiveOperationException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private <F> F wrapped(String plugin, Class<F> type, Object body) {
        return host.guard().hostFunction(plugin, "stick", type, type.cast(body));
    }
}
