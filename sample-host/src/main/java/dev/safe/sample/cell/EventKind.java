package dev.safe.sample.cell;

import java.util.Arrays;
import java.util.Optional;

/** Lists the kinds of event, with their names in events and their numbers for guests. */
public enum EventKind {

    /** An HTTP request. */
    HTTP_REQUEST("http.request", 1),

    /** A UDP packet. */
    UDP_PACKET("udp.packet", 2),

    /** A tick of the clock. */
    TIME_TICK("time.tick", 3),

    /** An event of the chaos extension. */
    CHAOS_EVENT("chaos.event", 4);

    private final String kind;
    private final int code;

    EventKind(String kind, int code) {
        this.kind = kind;
        this.code = code;
    }

    /** Returns the name in events. */
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
