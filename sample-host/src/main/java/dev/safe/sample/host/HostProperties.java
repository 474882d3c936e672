package dev.safe.sample.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties under {@code host}.
 *
 * @param cells Cells, by name.
 * @param queueCapacity Number of events that can wait for a cell.
 * @param maxPayload Largest body or datagram, in bytes.
 * @param stepDeadline How long a step may take.
 * @param startDeadline How long a cell may take to start. For the first one the engine is loaded, too.
 * @param replyDeadline How long an answer may take.
 * @param tick Time between two ticks.
 * @param udpAddress Address that receives datagrams.
 * @param udpPort Port that receives datagrams, 0 for any free port.
 * @param storage Folder in which extensions keep files.
 */
@ConfigurationProperties("host")
public record HostProperties(
        @DefaultValue Map<String, CellProperties> cells,
        @DefaultValue("1024") int queueCapacity,
        @DefaultValue("8192") int maxPayload,
        @DefaultValue("500ms") Duration stepDeadline,
        @DefaultValue("10s") Duration startDeadline,
        @DefaultValue("2s") Duration replyDeadline,
        @DefaultValue("1s") Duration tick,
        @DefaultValue("127.0.0.1") String udpAddress,
        @DefaultValue("9999") int udpPort,
        @DefaultValue("target/storage") Path storage) {

    /** Checks values that would otherwise fail later. */
    public HostProperties {
        cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
        check(!cells.isEmpty(), "cells", "name at least one cell", cells);
        check(queueCapacity >= 1, "queue-capacity", "be at least 1", queueCapacity);
        check(maxPayload >= 1 && maxPayload <= 65_507, "max-payload", "be between 1 and 65507", maxPayload);
        check(udpPort >= 0 && udpPort <= 65_535, "udp-port", "be between 0 and 65535", udpPort);
        checkPositive("step-deadline", stepDeadline);
        checkPositive("start-deadline", startDeadline);
        checkPositive("reply-deadline", replyDeadline);
        checkPositive("tick", tick);
    }

    private static void checkPositive(String name, Duration value) {
        check(value.toMillis() >= 1, name, "be at least 1ms", value);
    }

    private static void check(boolean valid, String name, String rule, Object value) {
        if (!valid) {
            throw new IllegalArgumentException("'host.%s' must %s, got %s".formatted(name, rule, value));
        }
    }

    /**
     * Properties of a cell.
     *
     * @param module Name of its module.
     * @param extensions Names of the extensions that feed it.
     */
    public record CellProperties(
            String module, @DefaultValue List<String> extensions) {

        /** Checks values that would otherwise fail later. */
        @SuppressWarnings("ConstantValue") // a binder passes null if it is not set
        public CellProperties {
            if (module == null) {
                throw new IllegalArgumentException("each of 'host.cells' must have a 'module'");
            }
            extensions = List.copyOf(extensions);
        }
    }
}
