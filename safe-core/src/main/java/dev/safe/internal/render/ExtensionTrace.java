package dev.safe.internal.render;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the extension's own part of a stack trace: the frames from the top down to the guard, which called the
 * extension.
 *
 * <p>A trace may begin in the guard itself. Then the extension's part lies between those frames and the next boundary
 * below, without the proxy that the extension called. If there is no other boundary below, the extension has no part in
 * the trace.
 *
 * <p>The guard's own frames mark where the extension's end, except in host functions: the JVM hides the frames of their
 * wrappers. There the extension's part ends at the first frame that is also on the stack of the code that renders it:
 * the host's call.
 */
final class ExtensionTrace {

    private static final int MAX_FRAMES = 32;
    private static final int MAX_SCANNED = 1_024;
    private static final int MAX_CYCLE = 16;
    private static final int MIN_ROUNDS = 3;

    private final List<Frame> frames;

    private ExtensionTrace(List<Frame> frames) {
        this.frames = frames;
    }

    /** Selects the extension's part of a thread's trace. */
    static ExtensionTrace of(@Nullable StackTraceElement[] trace) {
        return of(trace, UntrustedThrowable.NO_TRACE);
    }

    /**
     * Selects the extension's part of the trace of what was thrown at a boundary.
     *
     * @param here the stack where the boundary caught it
     */
    static ExtensionTrace of(@Nullable StackTraceElement[] trace, StackTraceElement[] here) {
        int end = callers(trace, here);
        List<Frame> frames = new ArrayList<>();
        boolean beginsInGuard = false;
        for (int i = 0; i < Math.min(end, MAX_SCANNED); i++) {
            StackTraceElement element = trace[i];
            if (element == null) {
                continue;
            }
            Frame frame = Frame.of(element);
            if (frame.isWovenIn()) {
                continue;
            }
            if (!frame.isGuard()) {
                if (!frames.isEmpty() || !beginsInGuard || !frame.isBetween()) {
                    frames.add(frame);
                }
            } else if (frames.isEmpty()) {
                beginsInGuard = true;
            } else {
                return new ExtensionTrace(withoutProxy(frames));
            }
        }
        if (end < trace.length && end <= MAX_SCANNED) {
            return new ExtensionTrace(withoutProxy(frames));
        }
        return new ExtensionTrace(beginsInGuard ? List.of() : frames);
    }

    /**
     * Returns where the callers' frames begin. A trace that holds only callers' frames is older than the call, and is
     * kept whole.
     */
    private static int callers(@Nullable StackTraceElement[] trace, StackTraceElement[] here) {
        int end = trace.length == here.length ? callersFromTop(trace, here) : -1;
        if (end < 0) {
            end = callersFromBottom(trace, here);
        }
        return end == 0 ? trace.length : end;
    }

    private static int callersFromBottom(@Nullable StackTraceElement[] trace, StackTraceElement[] here) {
        int end = trace.length;
        int other = here.length;
        while (end > 0 && other > 0 && here[other - 1].equals(trace[end - 1])) {
            end--;
            other--;
        }
        return end;
    }

    /**
     * Finds the guard's caller, or returns -1. Searches from the top, since the JVM cuts off the bottom of long traces,
     * so that two of them may end at different depths.
     */
    private static int callersFromTop(@Nullable StackTraceElement[] trace, StackTraceElement[] here) {
        int caller = callerOfGuard(here);
        if (caller < here.length) {
            for (int i = 0; i < trace.length; i++) {
                if (isSame(trace, i, here, caller)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Returns the first frame below the guard's own. Above those are frames that render. */
    private static int callerOfGuard(StackTraceElement[] here) {
        int next = 0;
        while (next < here.length && !GuardClasses.contain(here[next].getClassName())) {
            next++;
        }
        while (next < here.length && GuardClasses.contain(here[next].getClassName())) {
            next++;
        }
        return next;
    }

    private static boolean isSame(
            @Nullable StackTraceElement[] trace, int start, StackTraceElement[] here, int caller) {
        int length = Math.min(trace.length - start, here.length - caller);
        for (int i = 0; i < length; i++) {
            if (!here[caller + i].equals(trace[start + i])) {
                return false;
            }
        }
        return true;
    }

    /** Drops the frames between the guard and an extension behind a proxy: reflection, and the proxy itself. */
    private static List<Frame> withoutProxy(List<Frame> frames) {
        int end = frames.size();
        while (end > 0 && frames.get(end - 1).isBetween()) {
            end--;
        }
        return end == 0 ? frames : frames.subList(0, end);
    }

    /** Returns the top frames as text. Prints one round of a recursion and counts the others. */
    List<String> text() {
        List<String> text = new ArrayList<>();
        for (int i = 0; i < frames.size() && text.size() < MAX_FRAMES; ) {
            int cycle = cycleAt(i);
            for (Frame frame : frames.subList(i, i + cycle)) {
                text.add(frame.text());
            }
            i += cycle;
            int rounds = roundsOf(cycle, i - cycle);
            if (rounds >= MIN_ROUNDS) {
                text.add(omitted(cycle, rounds - 1));
                i += cycle * (rounds - 1);
            }
        }
        return List.copyOf(text.subList(0, Math.min(text.size(), MAX_FRAMES)));
    }

    /** Returns the length of the shortest cycle that begins here and repeats often enough, or 1 if none does. */
    private int cycleAt(int start) {
        for (int length = 1; length <= MAX_CYCLE; length++) {
            if (roundsOf(length, start) >= MIN_ROUNDS) {
                return length;
            }
        }
        return 1;
    }

    private int roundsOf(int length, int start) {
        int next = start + length;
        while (next < frames.size() && frames.get(next).isSameAs(frames.get(next - length))) {
            next++;
        }
        return (next - start) / length;
    }

    private static String omitted(int cycle, int rounds) {
        StringBuilder text = new StringBuilder("... ").append(cycle * rounds);
        return cycle == 1
                ? text.append(" more like the one above").toString()
                : text.append(" more like the ").append(cycle).append(" above").toString();
    }

    /**
     * Returns the topmost frame that is not of the platform, or the top frame if all are, or null if there are none.
     */
    @Nullable Frame top() {
        for (Frame frame : frames) {
            if (!frame.isPlatform()) {
                return frame;
            }
        }
        return frames.isEmpty() ? null : frames.get(0);
    }
}
