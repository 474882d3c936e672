package dev.safe;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where an extension is set up, and with which configuration. Immutable if the values of the configuration are.
 *
 * @param cellName the cell the extension is set up for
 * @param storageRoot a directory of the extension's own
 * @param config the extension's configuration; copied, unmodifiable, in the order given
 * @since 0.1
 */
public record SetupEnv(String cellName, Path storageRoot, Map<String, Object> config) {

    /**
     * Copies the configuration.
     *
     * @throws NullPointerException if an argument is null
     */
    public SetupEnv {
        Objects.requireNonNull(cellName, "'cellName' must not be null");
        Objects.requireNonNull(storageRoot, "'storageRoot' must not be null");
        Objects.requireNonNull(config, "'config' must not be null");
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
    }
}
