package dev.safe.spring.actuate;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.spring.UnguardedExtension;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Shows the state of each extension, and the beans that are not contained. The status stays UP unless configured
 * otherwise, since a plugin in quarantine must not drain every instance behind a load balancer. Thread-safe.
 *
 * @since 0.1
 */
public class ExtensionsHealthIndicator extends AbstractHealthIndicator {

    private static final StatusAggregator AGGREGATOR = StatusAggregator.getDefault();

    /** Cannot be an extension's name, so it never clashes with one. */
    private static final String NOT_CONTAINED = "not contained";

    private final ExtensionGuard guard;
    private final Status quarantinedStatus;
    private final Status failedStatus;
    private final Supplier<List<UnguardedExtension>> unguarded;

    /**
     * Creates an indicator that shows no unguarded beans.
     *
     * @param guard the guard whose extensions are shown
     * @param quarantinedStatus the status while an extension is in quarantine, or null for UP
     * @param failedStatus the status while the setup of an extension has failed, or null for UP
     */
    public ExtensionsHealthIndicator(
            ExtensionGuard guard, @Nullable String quarantinedStatus, @Nullable String failedStatus) {
        this(guard, quarantinedStatus, failedStatus, List::of);
    }

    /**
     * Creates the indicator.
     *
     * @param guard the guard whose extensions are shown
     * @param quarantinedStatus the status while an extension is in quarantine, or null for UP
     * @param failedStatus the status while the setup of an extension has failed, or null for UP
     * @param unguarded finds the extension beans that are not contained
     */
    public ExtensionsHealthIndicator(
            ExtensionGuard guard,
            @Nullable String quarantinedStatus,
            @Nullable String failedStatus,
            Supplier<List<UnguardedExtension>> unguarded) {
        super("Could not look at the extensions");
        this.unguarded = unguarded;
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
        List<String> notContained =
                unguarded.get().stream().map(UnguardedExtension::bean).toList();
        if (!notContained.isEmpty()) {
            builder.withDetail(NOT_CONTAINED, notContained);
        }
        statuses.remove(Status.UP);
        builder.status(statuses.isEmpty() ? Status.UP : AGGREGATOR.getAggregateStatus(statuses));
    }
}
