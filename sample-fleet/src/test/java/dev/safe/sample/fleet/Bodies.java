package dev.safe.sample.fleet;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What simulated instances answer. */
final class Bodies {

    /** An extension as an endpoint shows it that knows nothing but states and counts. */
    static final String OLDER = """
            {"extensions": {"network.udp": {"state": "RUNNING", "phases": {"poll": {"panics": 2, "errors": 0, "overruns": 0,
            "rejected": 0, "quarantine": {"state": "CLEAR", "trips": 0, "until": null, "reason": null}, "recentPanics": []}}}}}""";

    /** An extension as a supervised host shows it, held by configuration, with markup wherever there can be any. */
    static final String FULL = """
            {"extensions": {"network.udp": {"state": "QUARANTINED", "restarts": 3,
            "lastError": {"at": "2026-01-02T03:04:05Z", "phase": "setup", "type": "java.io.IOException", "message": "<b>port</b> taken"},
            "unguarded": ["<i>bean</i>"],
            "phases": {"poll": {"panics": 1200, "errors": 4, "overruns": 5, "rejected": 6,
            "quarantine": {"state": "QUARANTINED", "trips": 2, "until": null, "reason": "ticket <u>4711</u>"},
            "policy": {"onPanic": "suppress", "log": {"burst": 5, "interval": "1m", "stackTrace": "once"},
            "quarantine": {"enabled": true, "threshold": 5, "window": "10s", "initialBackoff": "1s", "hold": "ticket 4711"},
            "budget": {"limit": "250ms", "onOverrun": "interrupt"}},
            "recentPanics": [{"at": "2026-01-02T03:04:05Z", "type": "java.lang.IllegalStateException",
            "message": "<img src=x onerror='document.title = 1'><script>document.title = 1</script>",
            "fingerprint": "f", "count": 1200, "frames": ["<b>frame</b>", "Udp.poll(Udp.java:7)"]}]}}}}}""";

    private Bodies() {}

    /** Returns extensions with five phases each, of which every tenth has panicked. */
    static String of(int extensions, int seed) {
        return IntStream.range(0, extensions)
                .mapToObj(number -> "\"extension.%03d\": %s".formatted(number, extension((number + seed) % 10 == 0)))
                .collect(Collectors.joining(", ", "{\"extensions\": {", "}, \"unguarded\": []}"));
    }

    private static String extension(boolean panicked) {
        return Stream.of("setup", "poll", "finalize", "teardown", "host")
                .map(phase -> "\"%s\": %s".formatted(phase, phase(panicked && phase.equals("poll"))))
                .collect(Collectors.joining(
                        ", ",
                        "{\"state\": \"%s\", \"lastError\": null, \"phases\": {"
                                .formatted(panicked ? "QUARANTINED" : "RUNNING"),
                        "}, \"unguarded\": []}"));
    }

    private static String phase(boolean panicked) {
        String policy = """
                {"onPanic": "suppress", "log": {"burst": 5, "interval": "1m", "stackTrace": "once"},
                "quarantine": {"enabled": true, "threshold": 5, "window": "10s", "initialBackoff": "1s", "maxBackoff": "5m",
                "multiplier": 2.0, "jitter": 0.2, "maxTrips": 0, "overruns": true, "hold": null},
                "budget": {"limit": "0s", "onOverrun": "report"}}""";
        String panic = """
                {"at": "2026-01-02T03:04:05Z", "type": "java.lang.NoClassDefFoundError", "message": "chaos/Gone",
                "fingerprint": "f", "count": 5, "frames": [%s]}""".formatted(IntStream.range(0, 32)
                .mapToObj("\"com.example.plugin.Extension.poll(Extension.java:%d)\""::formatted)
                .collect(Collectors.joining(", ")));
        return """
                {"panics": %d, "errors": 0, "overruns": 0, "rejected": 0, "quarantine": {"state": "%s", "trips": 0,
                "until": null, "reason": null}, "policy": %s, "recentPanics": [%s]}""".formatted(panicked ? 5 : 0, panicked ? "QUARANTINED" : "CLEAR", policy, panicked ? panic : "");
    }
}
