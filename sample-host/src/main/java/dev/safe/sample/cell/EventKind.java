package dev.safe.sample.cell;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of event, as extensions name them and as guests number them. */
public enum EventKind {

    /** A request. */
    HTTP_REQUEST("http.request", 1),

    /** A packet. */
    UDP_PACKET("udp.packet", 2),

    /** Time has passed. */
    TIME_TICK("time.tick", 3),

    /** Of the chaos extension. */
    CHAOS_EVENT("chaos.event", 4);

    private final String kind;
    private final int code;

    EventKind(String kind, int code) {
        this.kind = kind;
        this.code = code;
    }

    /** The name in events. */
    public String kind() {
        return kind;
    }

    int code() {
        return code;
    }

    static Optional<EventKind> find(String kind) {
        return Arrays.stream(values()).filter(known -> known.kind.equals(kind)).findFirst();
    }
}
