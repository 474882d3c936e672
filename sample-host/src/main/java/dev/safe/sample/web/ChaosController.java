package dev.safe.sample.web;

import dev.safe.Phase;
import dev.safe.sample.extension.Chaos;
import dev.safe.sample.extension.ChaosKind;
import dev.safe.sample.host.Cells;
import dev.safe.spring.SupervisorLifecycle;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Makes the chaos extension misbehave. */
@RestController
@RequestMapping("/chaos")
class ChaosController {

    private final Chaos chaos;
    private final Cells cells;
    private final SupervisorLifecycle supervisor;

    ChaosController(Chaos chaos, Cells cells, SupervisorLifecycle supervisor) {
        this.chaos = chaos;
        this.cells = cells;
        this.supervisor = supervisor;
    }

    /** Returns the orders that are left, by phase. */
    @GetMapping
    Map<String, Chaos.Order> orders() {
        return chaos.orders().entrySet().stream()
                .collect(Collectors.toMap(
                        order -> order.getKey().tag(), Map.Entry::getValue, (one, other) -> one, TreeMap::new));
    }

    @PostMapping
    Map<String, Chaos.Order> order(@RequestBody Map<String, @Nullable Object> body) {
        boolean untilRestart = body.containsKey("until");
        for (String key : body.keySet()) {
            check(Set.of("phase", "kind", "times", "until").contains(key), "no such field: '" + key + "'");
        }
        check(!untilRestart || !body.containsKey("times"), "'times' must not be given with 'until'");
        Phase phase = oneOf(Phase.values(), Phase::tag, "phase", body.get("phase"));
        ChaosKind kind = oneOf(ChaosKind.values(), ChaosController::tag, "kind", body.get("kind"));
        if (untilRestart) {
            check("restart".equals(body.get("until")), "'until' must be restart, got " + body.get("until"));
            chaos.orderUntilRestart(phase, kind);
        } else {
            chaos.order(phase, kind, times(body.get("times")));
        }
        return orders();
    }

    /** Restarts the extension, and waits for that, so that setup and teardown are called. Returns whether it is up. */
    @PostMapping("/restart")
    Map<String, Boolean> restart() {
        supervisor.restart(Chaos.NAME, "POST /chaos/restart");
        return Map.of("ready", cells.isUp(Chaos.NAME));
    }

    private static String tag(ChaosKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static <E> E oneOf(E[] values, Function<E, String> tag, String field, @Nullable Object given) {
        return Arrays.stream(values)
                .filter(value -> tag.apply(value).equals(given))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' must be one of %s, got %s"
                        .formatted(field, Arrays.stream(values).map(tag).collect(Collectors.joining(", ")), given)));
    }

    private static int times(@Nullable Object given) {
        if (given instanceof Integer times && times >= 0) {
            return times;
        }
        throw new IllegalArgumentException(
                "'times' must be a whole number from 0 to %d, got %s".formatted(Integer.MAX_VALUE, given));
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Map<String, String> malformed(IllegalArgumentException invalid) {
        return Map.of("message", String.valueOf(invalid.getMessage()));
    }

    @ExceptionHandler({HttpMessageNotReadableException.class, HttpMediaTypeNotSupportedException.class})
    ResponseEntity<Map<String, String>> unreadable(Exception unreadable) {
        return ResponseEntity.badRequest()
                .body(Map.of(
                        "message",
                        "the body must be JSON such as {\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": 1}"));
    }
}
