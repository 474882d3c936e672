package dev.safe.sample.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the host is set up.
 *
 * @param cells the cells, by name
 * @param queueCapacity events that wait for a cell
 * @param maxPayload the largest body or datagram, in bytes
 * @param stepDeadline how long a step may take
 * @param replyDeadline how long an answer may take
 * @param teardownDeadline how long the teardown of an extension may take
 * @param tick how often time ticks
 * @param udpAddress where datagrams are received
 * @param udpPort where datagrams are received; 0 for any port
 * @param storage where extensions keep files
 */
@ConfigurationProperties("host")
public record HostProperties(
        Map<String, CellProperties> cells,
        @DefaultValue("1024") int queueCapacity,
        @DefaultValue("8192") int maxPayload,
        @DefaultValue("500ms") Duration stepDeadline,
        @DefaultValue("2s") Duration replyDeadline,
        @DefaultValue("2s") Duration teardownDeadline,
        @DefaultValue("1s") Duration tick,
        @DefaultValue("127.0.0.1") String udpAddress,
        @DefaultValue("9999") int udpPort,
        @DefaultValue("target/storage") Path storage) {

    /** Checks what would fail later. */
    public HostProperties {
        if (queueCapacity < 1) {
            throw new IllegalArgumentException("'host.queue-capacity' must be at least 1, got " + queueCapacity);
        }
        if (maxPayload < 1 || maxPayload > 65_536) {
            throw new IllegalArgumentException(
                    "'host.max-payload' must be at least 1 and at most 65536, got " + maxPayload);
        }
    }

    /**
     * How a cell is set up.
     *
     * @param module the name of its module
     * @param extensions the names of the extensions that feed it
     */
    public record CellProperties(String module, List<String> extensions) {}
}
