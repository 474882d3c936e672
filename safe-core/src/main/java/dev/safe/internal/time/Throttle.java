package dev.safe.internal.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lets through a burst of reports per interval, and then the first report of each kind. Counts the rest as silenced. An
 * interval starts with the first report after the last interval ended. Thread-safe. A silenced report takes no lock and
 * allocates nothing.
 */
public final class Throttle {

    /** How many kinds are distinguished. All others are one kind, {@value #OTHERS}. */
    public static final int MAX_KINDS = 16;

    /** The kind of reports beyond {@link #MAX_KINDS}, or whose kind is unknown. */
    public static final String OTHERS = "others";

    /** Whether a report may be made. */
    public enum Decision {

        /** It may be made, and is the first of its kind in this interval. */
        FIRST,

        /** It may be made, and is not the first of its kind. */
        AGAIN,

        /** It may not be made. */
        SILENT
    }

    private static final class Kind {

        final String name;
        final LongAdder silenced = new LongAdder();

        /** Whether a report of this kind was let through in this interval. */
        volatile boolean reported;

        Kind(String name) {
            this.name = name;
        }
    }

    /** What {@link #takeAll} takes from a count. */
    private record Taken(String kind, LongAdder count, long sum) {}

    private static final long SECOND = 1_000_000_000;
    private static final long MILLISECOND = 1_000_000;
    private static final Kind[] NONE = {};

    private volatile long intervalStart;

    /** Whether the burst of this interval is used up. */
    private volatile boolean silent;

    /** Replaced, not changed, whenever a kind comes or goes. */
    private volatile Kind[] kinds = NONE;

    private volatile @Nullable LongAdder others;
    private volatile boolean started;
    private int used;

    /** Creates a throttle that has seen no report. */
    public Throttle() {}

    /**
     * Decides about a report, and counts it as silenced if it may not be made. Call {@link #takeSilenced(long, long)}
     * first, since a report may begin an interval.
     *
     * @param kind what the report is about
     * @param burst how many reports an interval has, whatever their kind
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return whether it may be made
     */
    public Decision decide(String kind, int burst, long intervalNanos, long now) {
        if (silent && now - intervalStart < intervalNanos) {
            Kind[] seen = kinds;
            Kind known = find(seen, kind);
            if (known != null && known.reported) {
                known.silenced.increment();
                if (kinds != seen) {
                    keep(known);
                }
                return Decision.SILENT;
            }
        }
        return decideAnew(kind, burst, intervalNanos, now);
    }

    private static @Nullable Kind find(Kind[] kinds, String name) {
        for (Kind kind : kinds) {
            if (kind.name.equals(name)) {
                return kind;
            }
        }
        return null;
    }

    /** Keeps the count of a kind that may have been dropped meanwhile. */
    private synchronized void keep(Kind counted) {
        if (find(kinds, counted.name) != counted) {
            silence(counted.silenced.sumThenReset());
        }
    }

    private synchronized Decision decideAnew(String name, int burst, long intervalNanos, long now) {
        if (!started || now - intervalStart >= intervalNanos) {
            begin(now);
        }
        Kind kind = find(kinds, name);
        if (kind == null && kinds.length < MAX_KINDS) {
            kind = new Kind(name);
            Kind[] more = Arrays.copyOf(kinds, kinds.length + 1);
            more[kinds.length] = kind;
            kinds = more;
        }
        boolean first = kind != null && !kind.reported;
        if (first || used < burst) {
            used = Math.min(used + 1, burst);
            if (kind != null) {
                kind.reported = true;
            }
            return first ? Decision.FIRST : Decision.AGAIN;
        }
        silent = true;
        if (kind == null) {
            silence(1);
        } else {
            kind.silenced.increment();
        }
        return Decision.SILENT;
    }

    /**
     * Begins an interval. Drops the kinds that have nothing left to report, so that others find room. Changes nothing
     * until all the memory that it needs is allocated.
     */
    private void begin(long now) {
        Kind[] before = kinds;
        List<Kind> left = new ArrayList<>(before.length);
        for (Kind kind : before) {
            if (kind.silenced.sum() > 0) {
                kind.reported = false;
                left.add(kind);
            }
        }
        kinds = left.isEmpty() ? NONE : left.toArray(NONE);
        started = true;
        silent = false;
        intervalStart = now;
        used = 0;
        for (Kind kind : before) {
            if (!left.contains(kind)) {
                silence(
                        kind.silenced
                                .sumThenReset()); // Counted since it was found empty, by a thread that saw it still
                // here.
            }
        }
    }

    /**
     * Counts reports that could not be made, as if they had been silenced. They belong to the present interval, if
     * there is one.
     *
     * @param reports how many; their kind is not known
     */
    public synchronized void silence(long reports) {
        if (reports > 0) {
            LongAdder count = others;
            if (count == null) {
                count = new LongAdder();
                others = count;
            }
            count.add(reports);
        }
    }

    /** Forgets everything: the next report begins an interval. */
    public synchronized void reset() {
        started = false;
        silent = false;
        kinds = NONE;
        others = null;
    }

    /** Lets the present interval be decided about again, since the burst may have changed. */
    public synchronized void reconsider() {
        silent = false;
    }

    /**
     * Takes the silenced reports of an interval that has ended.
     *
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return how many there are of each kind, the most frequent first; empty if the interval goes on
     */
    public Map<String, Long> takeSilenced(long intervalNanos, long now) {
        return hasEnded(intervalNanos, now) ? takeSilenced() : Map.of();
    }

    /**
     * Takes the silenced reports, whether or not their interval has ended.
     *
     * @return how many there are of each kind, the most frequent first
     */
    public Map<String, Long> takeSilenced() {
        return hasSilenced() ? takeAll() : Map.of();
    }

    /** Takes nothing until all the memory that it needs is allocated. */
    private synchronized Map<String, Long> takeAll() {
        List<Taken> all = new ArrayList<>();
        for (Kind kind : kinds) {
            all.add(new Taken(kind.name, kind.silenced, kind.silenced.sum()));
        }
        LongAdder unknown = others;
        if (unknown != null) {
            all.add(new Taken(OTHERS, unknown, unknown.sum()));
        }
        all.sort(Comparator.comparingLong(Taken::sum).reversed());
        Map<String, Long> taken = new LinkedHashMap<>();
        for (Taken one : all) {
            if (one.sum > 0) {
                taken.merge(one.kind, one.sum, Long::sum);
            }
        }
        all.forEach(one -> one.count.add(-one.sum));
        return taken;
    }

    /**
     * Returns the time within which reports were silenced, for people to read: rounded up to seconds, or to
     * milliseconds within the first second.
     *
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return the time since the interval began, at most the interval
     */
    public Duration timeSilenced(long intervalNanos, long now) {
        long passed = started ? now - intervalStart : intervalNanos;
        long unit = passed > SECOND ? SECOND : MILLISECOND;
        long units = Math.max(1, passed / unit + (passed % unit == 0 ? 0 : 1));
        return Duration.ofNanos(units <= intervalNanos / unit ? units * unit : intervalNanos);
    }

    /**
     * Returns whether reports were silenced in an interval that has ended.
     *
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return whether there is something to take
     */
    public boolean hasEnded(long intervalNanos, long now) {
        return (!started || now - intervalStart >= intervalNanos) && hasSilenced();
    }

    /**
     * Returns whether reports were silenced.
     *
     * @return whether there is something to take, now or later
     */
    public boolean hasSilenced() {
        for (Kind kind : kinds) {
            if (kind.silenced.sum() > 0) {
                return true;
            }
        }
        LongAdder count = others;
        return count != null && count.sum() > 0;
    }
}
