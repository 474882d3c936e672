package dev.safe.spring.actuate;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Tells the state of each extension. The status stays UP unless configured otherwise: a plugin in quarantine must not drain
 * every instance behind a load balancer. Thread-safe.
 *
 * @since 0.1
 */
public class ExtensionsHealthIndicator extends AbstractHealthIndicator {

    private static final StatusAggregator AGGREGATOR = StatusAggregator.getDefault();

    private final ExtensionGuard guard;
    private final Status quarantinedStatus;
    private final Status failedStatus;

    /**
     * Creates the indicator.
     *
     * @param guard whose extensions are told of
     * @param quarantinedStatus the status while an extension is in quarantine, or null for UP
     * @param failedStatus the status while the setup of an extension has failed, or null for UP
     */
    public ExtensionsHealthIndicator(
            ExtensionGuard guard, @Nullable String quarantinedStatus, @Nullable String failedStatus) {
        super("Could not look at the extensions");
        this.guard = guard;
        this.quarantinedStatus = quarantinedStatus == null ? Status.UP : new Status(quarantinedStatus);
        this.failedStatus = failedStatus == null ? Status.UP : new Status(failedStatus);
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Set<Status> statuses = new LinkedHashSet<>();
        for (ExtensionSnapshot extension : guard.snapshots()) {
            builder.withDetail(extension.name(), extension.state().name());
            if (extension.state() == ExtensionState.QUARANTINED) {
                statuses.add(quarantinedStatus);
            } else if (extension.state() == ExtensionState.FAILED) {
                statuses.add(failedStatus);
            }
        }
        statuses.remove(Status.UP);
        builder.status(statuses.isEmpty() ? Status.UP : AGGREGATOR.getAggregateStatus(statuses));
    }
}
