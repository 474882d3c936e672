package dev.safe.spring.autoconfigure;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Finds existing keys that somebody may have meant by a key that does not exist: those that differ by a few letters, and
 * those that say the same of an extension in another place.
 */
final class NearestKeys {

    private static final int MOST = 3;

    private record Candidate(String key, int distance) {}

    private NearestKeys() {}

    /**
     * Returns the nearest keys, nearest first.
     *
     * @param written the key that does not exist
     * @param keys the keys that exist
     */
    static List<String> of(String written, Stream<String> keys) {
        String uniform = uniform(written);
        int limit = Math.max(2, uniform.length() / 4);
        List<Candidate> near = keys.map(key ->
                        new Candidate(key, saysTheSame(uniform, uniform(key)) ? 0 : distance(uniform, uniform(key))))
                .filter(candidate -> candidate.distance <= limit)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::key))
                .toList();
        return near.stream()
                .filter(candidate -> candidate.distance <= near.get(0).distance + 1)
                .limit(MOST)
                .map(Candidate::key)
                .toList();
    }

    /** Returns whether a key goes on after the name of an extension as another one does. */
    private static boolean saysTheSame(String written, String key) {
        String said = afterName(key);
        return !said.isEmpty() && (afterName(written) + ".").startsWith(said + ".");
    }

    private static String afterName(String key) {
        return key.substring(key.indexOf(']') + 1);
    }

    /** Returns a key without case, dashes and the like, which make no difference. */
    private static String uniform(String key) {
        return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Returns how many letters have to be added, left out or changed to turn one text into another. */
    static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[other.length()];
    }
}
