package dev.safe.spring.actuate;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.spring.UnguardedExtension;
import dev.safe.spring.actuate.ExtensionDescriptors.ErrorDescriptor;
import dev.safe.spring.actuate.ExtensionDescriptors.ExtensionDescriptor;
import dev.safe.spring.actuate.ExtensionDescriptors.PhaseDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows the extensions, and lets an operator quarantine, release and restart them. Read-only by default. Thread-safe.
 *
 * @since 0.1
 */
@Endpoint(id = ExtensionsEndpoint.ID, defaultAccess = Access.READ_ONLY)
public class ExtensionsEndpoint {

    static final String ID = "extensions";

    private final ExtensionGuard guard;
    private final Show showValues;
    private final Supplier<List<UnguardedExtension>> unguarded;
    private final Supplier<? extends @Nullable ExtensionRestarter> restarter;
    private final HoldOrigin holds;

    /**
     * Creates an endpoint that shows no unguarded beans and cannot restart extensions.
     *
     * @param guard the guard whose extensions are shown
     * @param showValues when messages and frames are shown
     */
    public ExtensionsEndpoint(ExtensionGuard guard, Show showValues) {
        this(guard, showValues, List::of, () -> null, (extension, phase) -> null);
    }

    /**
     * Creates the endpoint.
     *
     * @param guard the guard whose extensions are shown
     * @param showValues when messages and frames are shown
     * @param unguarded finds the extension beans that are not contained
     * @param restarter returns the restarter, or null if there is none
     * @param holds finds where the hold of an entry point is declared
     */
    public ExtensionsEndpoint(
            ExtensionGuard guard,
            Show showValues,
            Supplier<List<UnguardedExtension>> unguarded,
            Supplier<? extends @Nullable ExtensionRestarter> restarter,
            HoldOrigin holds) {
        this.guard = guard;
        this.showValues = showValues;
        this.unguarded = unguarded;
        this.restarter = restarter;
        this.holds = holds;
    }

    /**
     * Shows all extensions.
     *
     * @return the extensions
     */
    @ReadOperation
    public ExtensionDescriptors extensions() {
        return describeAll(showValues == Show.ALWAYS);
    }

    /**
     * Shows an extension.
     *
     * @param name its name
     * @return the extension
     * @throws InvalidEndpointRequestException if it does not exist
     */
    @ReadOperation
    public ExtensionDescriptor extension(@Selector String name) {
        try {
            return describe(name, showValues == Show.ALWAYS);
        } catch (RefusedRequestException refused) {
            throw invalid(refused);
        }
    }

    /**
     * Quarantines or releases an entry point of an extension, or restarts the extension.
     *
     * @param name the extension's name
     * @param action {@code quarantine}, {@code release} or {@code restart}
     * @param phase the tag of the entry point's phase; null to restart
     * @param reason why; may be null to release
     * @return the extension after the change
     * @throws InvalidEndpointRequestException if the extension does not exist, or the request is not valid or cannot be met
     */
    @WriteOperation
    public ExtensionDescriptor act(
            @Selector String name, @Nullable String action, @Nullable String phase, @Nullable String reason) {
        try {
            perform(name, action, phase, reason);
            return describe(name, showValues == Show.ALWAYS);
        } catch (RefusedRequestException refused) {
            throw invalid(refused);
        }
    }

    private static InvalidEndpointRequestException invalid(RefusedRequestException refused) {
        return new InvalidEndpointRequestException(refused.message(), refused.message());
    }

    void perform(String name, @Nullable String action, @Nullable String phase, @Nullable String reason) {
        snapshot(name);
        OperatorRequest request = OperatorRequest.of(action, phase, reason);
        try {
            perform(name, request);
        } catch (NoSuchElementException removed) {
            throw RefusedRequestException.unknown(name);
        } catch (IllegalArgumentException invalid) {
            throw RefusedRequestException.badRequest(String.valueOf(invalid.getMessage()));
        } catch (IllegalStateException impossible) {
            throw RefusedRequestException.conflict(whyNot(name, request, impossible));
        }
    }

    private String whyNot(String name, OperatorRequest request, IllegalStateException impossible) {
        Phase phase = request.phase();
        String declared = phase == null ? null : holds.of(name, phase);
        if (phase == null || declared == null) {
            return String.valueOf(impossible.getMessage());
        }
        return "the quarantine of \"%s\" in %s is declared by %s, and ends when that is cleared"
                .formatted(name, phase.tag(), declared);
    }

    private void perform(String name, OperatorRequest request) {
        Phase phase = request.phase();
        if (phase == null) {
            restart(name, request.reason());
        } else if (request.action() == OperatorRequest.Action.QUARANTINE) {
            guard.quarantine(name, phase, request.reason());
        } else {
            release(name, phase, request.reason());
        }
    }

    private void release(String name, Phase phase, String reason) {
        if (reason.isEmpty()) {
            guard.release(name, phase);
        } else {
            guard.release(name, phase, reason);
        }
    }

    private void restart(String name, String reason) {
        ExtensionRestarter available = restarter.get();
        if (available == null) {
            throw new IllegalArgumentException(
                    "'action' must be quarantine or release: there is no supervisor that could restart an extension");
        }
        if (available.restarts(name) == null) {
            throw new IllegalArgumentException(
                    "'action' must be quarantine or release: extension '%s' is not supervised".formatted(name));
        }
        available.restart(name, reason);
    }

    ExtensionDescriptors describeAll(boolean show) {
        List<UnguardedExtension> notContained = unguarded.get();
        Map<String, ExtensionDescriptor> extensions = new LinkedHashMap<>();
        for (ExtensionSnapshot snapshot : guard.snapshots()) {
            extensions.put(snapshot.name(), describe(snapshot, notContained, show));
        }
        return new ExtensionDescriptors(extensions, notContained);
    }

    ExtensionDescriptor describe(String name, boolean show) {
        return describe(snapshot(name), unguarded.get(), show);
    }

    private ExtensionSnapshot snapshot(String name) {
        return guard.snapshot(name).orElseThrow(() -> RefusedRequestException.unknown(name));
    }

    private ExtensionDescriptor describe(
            ExtensionSnapshot snapshot, List<UnguardedExtension> notContained, boolean show) {
        Map<String, PhaseDescriptor> phases = new LinkedHashMap<>();
        for (Phase phase : Phase.values()) {
            PolicyDescriptor policy = PolicyDescriptor.of(guard.policy(snapshot.name(), phase));
            phases.put(phase.tag(), PhaseDescriptor.of(snapshot.phase(phase), policy, show));
        }
        List<String> beans = notContained.stream()
                .filter(candidate -> snapshot.name().equals(candidate.extension()))
                .map(UnguardedExtension::bean)
                .toList();
        ExtensionRestarter available = restarter.get();
        return new ExtensionDescriptor(
                snapshot.state().name(),
                phases,
                ErrorDescriptor.of(snapshot.lastError(), show),
                available == null ? null : available.restarts(snapshot.name()),
                beans);
    }
}
