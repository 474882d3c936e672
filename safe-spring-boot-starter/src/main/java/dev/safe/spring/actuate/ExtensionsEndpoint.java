package dev.safe.spring.actuate;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.spring.UnguardedExtension;
import dev.safe.spring.actuate.ExtensionDescriptors.ExtensionDescriptor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows the extensions, and lets an operator quarantine and release them. Read-only by default. Thread-safe.
 *
 * @since 0.1
 */
@Endpoint(id = "extensions", defaultAccess = Access.READ_ONLY)
public class ExtensionsEndpoint {

    private final ExtensionGuard guard;
    private final Show showValues;
    private final Supplier<List<UnguardedExtension>> unguarded;

    /**
     * Creates an endpoint that shows no unguarded beans.
     *
     * @param guard the guard whose extensions are shown
     * @param showValues when messages and frames are shown
     */
    public ExtensionsEndpoint(ExtensionGuard guard, Show showValues) {
        this(guard, showValues, List::of);
    }

    /**
     * Creates the endpoint.
     *
     * @param guard the guard whose extensions are shown
     * @param showValues when messages and frames are shown
     * @param unguarded finds the extension beans that are not contained
     */
    public ExtensionsEndpoint(ExtensionGuard guard, Show showValues, Supplier<List<UnguardedExtension>> unguarded) {
        this.guard = guard;
        this.showValues = showValues;
        this.unguarded = unguarded;
    }

    /**
     * Shows all extensions.
     *
     * @return the extensions
     */
    @ReadOperation
    public ExtensionDescriptors extensions() {
        return extensions(showValues == Show.ALWAYS);
    }

    /**
     * Shows an extension.
     *
     * @param name its name
     * @return the extension, or null if it does not exist
     */
    @ReadOperation
    public @Nullable ExtensionDescriptor extension(@Selector String name) {
        return extension(name, showValues == Show.ALWAYS);
    }

    /**
     * Quarantines or releases an entry point of an extension.
     *
     * @param name the extension's name
     * @param action {@code quarantine} or {@code release}
     * @param phase the tag of the entry point's phase
     * @param reason why, for quarantine
     * @return the extension after the change, or null if it does not exist
     * @throws InvalidEndpointRequestException if the action or phase is not valid
     */
    @WriteOperation
    public @Nullable ExtensionDescriptor act(
            @Selector String name, @Nullable String action, @Nullable String phase, @Nullable String reason) {
        try {
            act(name, action, phase(phase), reason);
            return extension(name);
        } catch (NoSuchElementException unknown) {
            return null;
        } catch (IllegalArgumentException invalid) {
            String message = String.valueOf(invalid.getMessage());
            throw new InvalidEndpointRequestException(message, message);
        }
    }

    private void act(String name, @Nullable String action, Phase phase, @Nullable String reason) {
        switch (action == null ? "" : action) {
            case "quarantine" -> guard.quarantine(name, phase, reason == null ? "by hand" : reason);
            case "release" -> guard.release(name, phase);
            default -> throw new IllegalArgumentException("'action' must be quarantine or release, got " + action);
        }
    }

    private static Phase phase(@Nullable String tag) {
        return Arrays.stream(Phase.values())
                .filter(phase -> phase.tag().equals(tag))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'phase' must be one of %s, got %s"
                        .formatted(
                                Arrays.stream(Phase.values()).map(Phase::tag).collect(Collectors.joining(", ")), tag)));
    }

    ExtensionDescriptors extensions(boolean show) {
        List<UnguardedExtension> notContained = unguarded.get();
        Map<String, ExtensionDescriptor> extensions = new LinkedHashMap<>();
        for (ExtensionSnapshot snapshot : guard.snapshots()) {
            extensions.put(snapshot.name(), ExtensionDescriptor.of(snapshot, notContained, show));
        }
        return new ExtensionDescriptors(extensions, notContained);
    }

    @Nullable ExtensionDescriptor extension(String name, boolean show) {
        return guard.snapshot(name)
                .map(snapshot -> ExtensionDescriptor.of(snapshot, unguarded.get(), show))
                .orElse(null);
    }
}
