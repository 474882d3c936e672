package dev.safe.internal.render;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The extension's own part of a stack trace: from the top down to the guard, which called it. Of a trace that begins in
 * the guard, it is what lies above the next boundary, without the proxy that was called; if there is no other boundary, the
 * extension has no part in it.
 */
final class ExtensionTrace {

    private static final int MAX_FRAMES = 32;
    private static final int MAX_SCANNED = 1_024;

    private final List<Frame> frames;

    private ExtensionTrace(List<Frame> frames) {
        this.frames = frames;
    }

    static ExtensionTrace of(@Nullable StackTraceElement[] trace) {
        List<Frame> frames = new ArrayList<>();
        boolean beginsInGuard = false;
        for (int i = 0; i < Math.min(trace.length, MAX_SCANNED); i++) {
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
        return new ExtensionTrace(beginsInGuard ? List.of() : frames);
    }

    /** Leaves out what stands between an extension that is proxied and the guard: reflection, and the proxy itself. */
    private static List<Frame> withoutProxy(List<Frame> frames) {
        int end = frames.size();
        while (end > 0 && frames.get(end - 1).isBetween()) {
            end--;
        }
        return end == 0 ? frames : frames.subList(0, end);
    }

    /** The top frames as text. */
    List<String> text() {
        List<String> text = new ArrayList<>();
        for (Frame frame : frames.subList(0, Math.min(frames.size(), MAX_FRAMES))) {
            text.add(frame.text());
        }
        return List.copyOf(text);
    }

    /** The top frame that is not the platform's, else the top frame, else null. */
    @Nullable Frame top() {
        for (Frame frame : frames) {
            if (!frame.isPlatform()) {
                return frame;
            }
        }
        return frames.isEmpty() ? null : frames.get(0);
    }
}
