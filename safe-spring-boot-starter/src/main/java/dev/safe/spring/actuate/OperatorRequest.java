package dev.safe.spring.actuate;

import dev.safe.Phase;
import dev.safe.spring.BlankText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds what an operator asks for, checked.
 *
 * @param action what to do
 * @param phase the entry point to do it to; null to restart, which concerns the extension as a whole
 * @param reason why; empty if none was given or it was blank, which is allowed to release only
 */
record OperatorRequest(Action action, @Nullable Phase phase, String reason) {

    enum Action {
        QUARANTINE,
        RELEASE,
        RESTART;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<String> FIELDS = List.of("action", "phase", "reason");

    /**
     * Checks the fields of a request as they were sent. The actuator would ignore those that it does not know, and convert
     * values that are not texts.
     *
     * @throws RefusedRequestException if a field is unknown or not a text
     */
    static void checkFields(Map<String, ? extends @Nullable Object> fields) {
        fields.forEach((field, value) -> {
            if (!FIELDS.contains(field)) {
                throw RefusedRequestException.badRequest(
                        "there is no field '%s', only %s".formatted(field, String.join(", ", FIELDS)));
            }
            if (!(value instanceof String)) {
                throw RefusedRequestException.badRequest("'%s' must be a text, got %s".formatted(field, value));
            }
        });
    }

    /**
     * Checks that a field which is in the body and in the query has the same value in both. The actuator would let the
     * query win, and an operator would read in the body what was not done.
     *
     * @throws RefusedRequestException if it has not
     */
    static void checkSame(Map<String, ?> body, Map<String, ? extends @Nullable Object> query) {
        body.forEach((field, value) -> {
            if (query.containsKey(field) && !value.equals(query.get(field))) {
                throw RefusedRequestException.badRequest(
                        "'%s' is '%s' in the body and '%s' in the query: leave one of them out"
                                .formatted(field, value, query.get(field)));
            }
        });
    }

    /**
     * Checks the parts of a request.
     *
     * @throws RefusedRequestException if they do not make a valid request
     */
    static OperatorRequest of(@Nullable String action, @Nullable String phase, @Nullable String reason) {
        Action known = oneOf(Action.values(), Action::tag, "action", action);
        if (known == Action.RESTART && phase != null) {
            throw RefusedRequestException.badRequest(
                    "'phase' must be left out to restart, which concerns the extension as a whole");
        }
        String why = reason == null || BlankText.isBlank(reason) ? "" : reason;
        if (known != Action.RELEASE && why.isEmpty()) {
            throw RefusedRequestException.badRequest(
                    "'reason' must be given to %s, and must not be empty".formatted(known.tag()));
        }
        return new OperatorRequest(
                known, known == Action.RESTART ? null : oneOf(Phase.values(), Phase::tag, "phase", phase), why);
    }

    private static <E> E oneOf(E[] values, Function<E, String> tag, String field, @Nullable String given) {
        return Arrays.stream(values)
                .filter(value -> tag.apply(value).equals(given))
                .findFirst()
                .orElseThrow(() -> RefusedRequestException.badRequest("'%s' must be one of %s, got %s"
                        .formatted(field, Arrays.stream(values).map(tag).collect(Collectors.joining(", ")), given)));
    }
}
