package dev.safe;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The newest kinds of panic of one extension, strings only. Thread-safe. */
final class RecentPanics {

    private static final int MAX_KINDS = 16;

    private record Kind(Phase phase, String fingerprint) {}

    private final Map<Kind, PanicSnapshot> newestLast = new LinkedHashMap<>();

    synchronized void add(PanicReport report) {
        Kind kind = new Kind(report.phase(), report.fingerprint());
        PanicSnapshot known = newestLast.remove(kind);
        long count = known == null ? 1 : known.count() + 1;
        newestLast.put(
                kind,
                new PanicSnapshot(
                        report.at(), report.type(), report.message(), report.fingerprint(), count, report.frames()));
        if (newestLast.size() > MAX_KINDS) {
            Iterator<Kind> oldest = newestLast.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    synchronized void clear() {
        newestLast.clear();
    }

    synchronized List<PanicSnapshot> of(Phase phase) {
        List<PanicSnapshot> newestFirst = new ArrayList<>();
        newestLast.forEach((kind, panic) -> {
            if (kind.phase == phase) {
                newestFirst.add(0, panic);
            }
        });
        return newestFirst;
    }
}
