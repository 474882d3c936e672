package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Plugin;
import dev.safe.testing.PluginException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** The guard keeps nothing of an extension that is unloaded, whatever the extension did before. */
class UnloadingTest {

    private final ExtensionGuard guard = ExtensionGuard.builder()
            .policy(
                    Phase.POLL,
                    PhasePolicy.builder(Phase.POLL)
                            .budget(new BudgetPolicy(Duration.ofMillis(10), OnOverrun.INTERRUPT))
                            .build())
            .build();

    @Test
    void shouldLetGoOfAPluginThatPanickedOverranAndWasQuarantined() throws Exception {
        WeakReference<ClassLoader> loader = misbehave();

        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (loader.get() != null && System.nanoTime() < end) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(loader.get()).as("the plugin's class loader").isNull();

        ExtensionSnapshot snapshot = guard.snapshot("plugin").orElseThrow();
        assertThat(snapshot.state()).isEqualTo(ExtensionState.QUARANTINED);
        assertThat(snapshot.phase(Phase.POLL).overruns()).isOne();
        assertThat(snapshot.phase(Phase.POLL).recentPanics().get(0).type()).isEqualTo(PluginException.class.getName());
        assertThat(snapshot.phase(Phase.HOST).panics()).isOne();
        guard.close();
    }

    @Test
    void shouldLetGoOfAGuardThoughTheThreadsThatCalledThroughItLive() throws Exception {
        List<WeakReference<ExtensionGuard>> guards = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            guards.add(used());
        }
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (guards.stream().anyMatch(used -> used.get() != null) && System.nanoTime() < end) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(guards).as("guards still there").allMatch(used -> used.get() == null);
    }

    private static WeakReference<ExtensionGuard> used() throws Exception {
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
            guard.callSetup(new TestExtension("a", () -> null), new SetupEnv("a", Path.of("storage"), Map.of()));
            return new WeakReference<>(guard);
        }
    }

    private WeakReference<ClassLoader> misbehave() throws Exception {
        PluginLoader loader = new PluginLoader();
        Object plugin = loader.loadClass(Plugin.class.getName())
                .getDeclaredConstructor()
                .newInstance();
        assertThat(plugin.getClass()).isNotSameAs(Plugin.class);
        ExtensionCapability extension = (ExtensionCapability) plugin;
        plugin.getClass().getField("hanging").setBoolean(plugin, true);
        assertThat(guard.callPoll(extension)).isNull();
        plugin.getClass().getField("hanging").setBoolean(plugin, false);
        for (int i = 0; i < 10; i++) {
            assertThat(guard.guarded(extension).poll()).isNull();
        }
        assertThat(guard.hostFunction("plugin", "f", IntSupplier.class, (IntSupplier) plugin)
                        .getAsInt())
                .isZero();
        return new WeakReference<>(loader);
    }

    /** Defines the plugin's classes itself. */
    private static final class PluginLoader extends ClassLoader {

        PluginLoader() {
            super(Plugin.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            return name.startsWith(Plugin.class.getName()) ? define(name) : super.loadClass(name, resolve);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream code = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = code.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException thrown) {
                throw new ClassNotFoundException(name, thrown);
            }
        }
    }
}
