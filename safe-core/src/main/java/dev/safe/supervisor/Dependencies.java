package dev.safe.supervisor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What each extension depends on, by name. Not thread-safe. */
final class Dependencies {

    private final Map<String, Set<String>> byName = new LinkedHashMap<>();

    void add(String extension, String... others) {
        byName.computeIfAbsent(extension, name -> new LinkedHashSet<>()).addAll(List.of(others));
    }

    Set<String> of(String extension) {
        return byName.getOrDefault(extension, Set.of());
    }

    /**
     * Returns extensions in an order in which each comes after all that it depends on, and otherwise in the order
     * given.
     *
     * @throws IllegalArgumentException if a dependency is not among the extensions, or they depend on each other in a
     *     circle
     */
    List<String> inOrder(Set<String> extensions) {
        byName.forEach((extension, others) -> {
            requireKnown(extension, others, extension, extensions);
            others.forEach(other -> requireKnown(extension, Set.of(other), other, extensions));
        });
        Set<String> ordered = new LinkedHashSet<>();
        extensions.forEach(extension -> visit(extension, ordered, new ArrayList<>()));
        return List.copyOf(ordered);
    }

    private static void requireKnown(String extension, Set<String> others, String named, Set<String> extensions) {
        if (!extensions.contains(named)) {
            throw new IllegalArgumentException(
                    "extension \"%s\" is said to depend on %s, but there is no extension \"%s\""
                            .formatted(extension, quoted(others), named));
        }
    }

    private static String quoted(Set<String> names) {
        return '"' + String.join("\", \"", names) + '"';
    }

    private void visit(String extension, Set<String> ordered, List<String> path) {
        if (path.contains(extension)) {
            List<String> circle = new ArrayList<>(path.subList(path.indexOf(extension), path.size()));
            circle.add(extension);
            throw new IllegalArgumentException(
                    "extensions depend on each other in a circle: \"" + String.join("\" -> \"", circle) + '"');
        }
        if (!ordered.contains(extension)) {
            path.add(extension);
            of(extension).forEach(other -> visit(other, ordered, path));
            path.remove(path.size() - 1);
            ordered.add(extension);
        }
    }
}
