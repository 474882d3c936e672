package dev.safe.spring.autoconfigure;

import dev.safe.supervisor.ExtensionSupervisor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What extensions depend on, as the properties have it: {@code safe.supervisor.extensions.*.depends-on}. */
final class SupervisorDependencies {

    private final Map<String, SafeProperties.Supervised> extensions;

    SupervisorDependencies(Map<String, SafeProperties.Supervised> extensions) {
        this.extensions = extensions;
    }

    private List<String> of(String extension) {
        SafeProperties.Supervised own = extensions.get(extension);
        return own == null ? List.of() : own.dependsOn();
    }

    /**
     * Checks that extensions depend only on others that exist, and not on themselves.
     *
     * @throws InvalidSafePropertyException if one does not
     */
    void check(Collection<String> known) {
        for (String extension : known) {
            for (String other : of(extension)) {
                if (!known.contains(other)) {
                    throw invalid(extension, other, "must name extensions, and there is " + known);
                }
            }
        }
        known.forEach(extension -> checkCircle(new ArrayList<>(List.of(extension)), new HashSet<>()));
    }

    /**
     * Follows the dependencies of the last extension of a path.
     *
     * @param seen where a way has been, so that nothing is followed twice
     */
    private void checkCircle(List<String> path, Set<String> seen) {
        String first = path.get(0);
        for (String other : of(path.get(path.size() - 1))) {
            path.add(other);
            if (other.equals(first)) {
                throw invalid(first, path.get(1), "must not lead back to where it began: " + String.join(" -> ", path));
            }
            if (seen.add(other)) {
                checkCircle(path, seen);
            }
            path.remove(path.size() - 1);
        }
    }

    private static InvalidSafePropertyException invalid(String extension, String other, String rule) {
        return InvalidSafePropertyException.ofValue(SupervisorSettings.key(extension) + ".depends-on", other, rule);
    }

    /** Adds the dependencies of the extensions that exist. */
    void addTo(ExtensionSupervisor.Builder builder, Collection<String> known) {
        known.forEach(extension -> builder.dependsOn(extension, of(extension).toArray(String[]::new)));
    }
}
