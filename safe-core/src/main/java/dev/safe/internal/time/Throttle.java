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
        final LongAdder silenced;

        /** Whether a report of this kind was let through in this interval. */
        volatile boolean reported;

        Kind(String name, LongAdder silenced) {
            this.name = name;
            this.silenced = silenced;
        }
    }

    /**
     * An interval, with the kinds that were seen in it or have something left to report. Replaced as a whole, so that
     * what a report reads of it belongs together.
     */
    private static final class Interval {

        final long start;

        /** How often everything had been forgotten when it began. */
        final int forgotten;

        /** Replaced, not changed, whenever a kind comes. */
        volatile Kind[] kinds;

        /** Whether the burst is used up. */
        volatile boolean silent;

        int used;

        Interval(long start, int forgotten, Kind[] kinds) {
            this.start = start;
            this.forgotten = forgotten;
            this.kinds = kinds;
        }
    }

    /** What {@link #takeAll} takes from a count. */
    private record Taken(String kind, LongAdder count, long sum) {}

    private static final long SECOND = 1_000_000_000;
    private static final long MILLISECOND = 1_000_000;
    private static final Kind[] NONE = {};

    /** The newest interval; null if none has begun. */
    private volatile @Nullable Interval interval;

    private volatile @Nullable LongAdder others;

    /** How often everything was forgotten. */
    private int forgotten;

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
        Interval current = interval;
        if (current != null && now - current.start < intervalNanos) {
            Kind known = find(current.kinds, kind);
            if (known != null && known.reported && current.silent) {
                known.silenced.increment();
                if (interval != current) {
                    keep(known.silenced, current);
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

    /** Keeps the count of a kind that may have been dropped since an interval, unless everything was forgotten since. */
    private synchronized void keep(LongAdder count, Interval seen) {
        if (seen.forgotten == forgotten && !isKept(count)) {
            silence(count.sumThenReset());
        }
    }

    private boolean isKept(LongAdder count) {
        for (Kind kind : kinds()) {
            if (kind.silenced == count) {
                return true;
            }
        }
        return false;
    }

    private Kind[] kinds() {
        Interval current = interval;
        return current == null ? NONE : current.kinds;
    }

    private synchronized Decision decideAnew(String name, int burst, long intervalNanos, long now) {
        Interval current = interval;
        if (current == null || now - current.start >= intervalNanos) {
            current = begin(now);
        }
        Kind[] kinds = current.kinds;
        Kind kind = find(kinds, name);
        if (kind == null && kinds.length < MAX_KINDS) {
            kind = new Kind(name, new LongAdder());
            Kind[] more = Arrays.copyOf(kinds, kinds.length + 1);
            more[kinds.length] = kind;
            current.kinds = more;
        }
        boolean first = kind != null && !kind.reported;
        if (first || current.used < burst) {
            current.used = Math.min(current.used + 1, burst);
            if (kind != null) {
                kind.reported = true;
            }
            return first ? Decision.FIRST : Decision.AGAIN;
        }
        current.silent = true;
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
    private Interval begin(long now) {
        Kind[] before = kinds();
        List<Kind> left = new ArrayList<>(before.length);
        List<LongAdder> dropped = new ArrayList<>(before.length);
        for (Kind kind : before) {
            if (kind.silenced.sum() > 0) {
                left.add(new Kind(kind.name, kind.silenced));
            } else {
                dropped.add(kind.silenced);
            }
        }
        Interval begun = new Interval(now, forgotten, left.isEmpty() ? NONE : left.toArray(NONE));
        interval = begun;
        for (LongAdder count : dropped) {
            // Not zero if a thread that has not seen the new interval has counted since.
            silence(count.sumThenReset());
        }
        return begun;
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
        forgotten++;
        interval = null;
        others = null;
    }

    /** Lets the present interval be decided about again, since the burst may have changed. */
    public synchronized void reconsider() {
        Interval current = interval;
        if (current != null) {
            current.silent = false;
        }
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
        for (Kind kind : kinds()) {
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
        Interval current = interval;
        long passed = current == null ? intervalNanos : now - current.start;
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
        Interval current = interval;
        return (current == null || now - current.start >= intervalNanos) && hasSilenced();
    }

    /**
     * Returns whether reports were silenced. Looks again with the lock before it says no: a thread that begins an interval
     * may just be moving a count, which is nowhere to be seen meanwhile.
     *
     * @return whether there is something to take, now or later
     */
    public boolean hasSilenced() {
        return seesSilenced() || seesSilencedLocked();
    }

    private synchronized boolean seesSilencedLocked() {
        return seesSilenced();
    }

    private boolean seesSilenced() {
        for (Kind kind : kinds()) {
            if (kind.silenced.sum() > 0) {
                return true;
            }
        }
        LongAdder count = others;
        return count != null && count.sum() > 0;
    }
}
