package dev.safe.compat.pf4j;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginManager;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/**
 * The plugins of the host, each loaded by PF4J from the jar that was deployed last. The supervisor asks for an extension
 * when the life before it has ended, which is the moment to replace its class loader: no call is in it any more.
 *
 * <p>Thread-safe, as PF4J is not.
 */
final class Plugins implements AutoCloseable {

    private final PluginManager manager;
    private final Map<String, Path> jars = new LinkedHashMap<>();

    Plugins(Path root) {
        manager = new JarPluginManager(root);
    }

    /** Notes from which jar the next instance of a plugin's extension is to be. */
    synchronized void deploy(String plugin, Path jar) {
        jars.put(plugin, jar);
    }

    synchronized List<String> deployed() {
        return List.copyOf(jars.keySet());
    }

    /** Returns a new instance of a plugin's extension, from the jar that was deployed last. */
    synchronized CellExtension extension(String plugin) {
        Path jar = jars.get(plugin);
        PluginWrapper loaded = manager.getPlugin(plugin);
        if (loaded != null && !loaded.getPluginPath().equals(jar)) {
            manager.unloadPlugin(plugin);
            loaded = null;
        }
        if (loaded == null) {
            manager.loadPlugin(jar);
        }
        PluginState state = manager.startPlugin(plugin);
        if (state != PluginState.STARTED) {
            throw new IllegalStateException("plugin " + plugin + " is " + state);
        }
        return manager.getExtensions(CellExtension.class, plugin).get(0);
    }

    synchronized ClassLoader loader(String plugin) {
        return manager.getPluginClassLoader(plugin);
    }

    /** Unloads all plugins. */
    @Override
    public synchronized void close() {
        manager.stopPlugins();
        manager.unloadPlugins();
    }
}
