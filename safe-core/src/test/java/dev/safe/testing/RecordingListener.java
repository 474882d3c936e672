package dev.safe.testing;

import dev.safe.ErrorReport;
import dev.safe.ExtensionSnapshot;
import dev.safe.GuardListener;
import dev.safe.OverrunReport;
import dev.safe.PanicReport;
import dev.safe.Phase;
import dev.safe.QuarantineReport;
import dev.safe.RestartReport;
import dev.safe.SilenceReport;
import dev.safe.Tally;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Records what a guard notifies it of, in order, and reacts as a test wants it to. Thread-safe. */
public final class RecordingListener implements GuardListener {

    /** An extension was registered. */
    public record Registered(ExtensionSnapshot extension) {}

    /** An extension was removed. */
    public record Removed(String extension) {}

    /** Something was counted. */
    public record Counted(String extension, Phase phase, Tally tally, long total) {}

    /** Quarantine was entered. */
    public record Entered(QuarantineReport report) {}

    /** Quarantine was left. */
    public record Left(QuarantineReport report) {}

    /** A call ended. */
    public record Called(String extension, Phase phase, long nanos) {}

    private final Queue<Object> events = new ConcurrentLinkedQueue<>();
    private final List<Consumer<Object>> reactions = new CopyOnWriteArrayList<>();

    /** Reacts to each event of a type, on the thread of the event. */
    public <T> RecordingListener on(Class<T> type, Consumer<? super T> reaction) {
        reactions.add(event -> {
            if (type.isInstance(event)) {
                reaction.accept(type.cast(event));
            }
        });
        return this;
    }

    /** Returns the events of a type. */
    public <T> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Returns the events of some types, one line for each. */
    public List<String> lines(Class<?>... types) {
        return events.stream()
                .filter(event -> List.of(types).contains(event.getClass()))
                .map(RecordingListener::line)
                .toList();
    }

    private static String line(Object event) {
        if (event instanceof Registered registered) {
            return "registered " + registered.extension().name();
        } else if (event instanceof Removed removed) {
            return "removed " + removed.extension();
        } else if (event instanceof Counted counted) {
            return counted.phase().tag() + " " + counted.tally() + " " + counted.total();
        } else if (event instanceof PanicReport panic) {
            return panic.panic();
        } else if (event instanceof SilenceReport silence) {
            return silence.count() + " more";
        } else if (event instanceof Entered entered) {
            return entered.report().state() + ": " + entered.report().reason();
        } else if (event instanceof Left left) {
            return "released: " + left.report().reason();
        } else if (event instanceof RestartReport restart) {
            return "restarted " + restart.extension() + " " + restart.restarts() + ": " + restart.reason();
        }
        return event.toString();
    }

    /** Forgets what was recorded. */
    public void clear() {
        events.clear();
    }

    private void note(Object event) {
        events.add(event);
        reactions.forEach(reaction -> reaction.accept(event));
    }

    @Override
    public void onRegistered(ExtensionSnapshot extension) {
        note(new Registered(extension));
    }

    @Override
    public void onRemoved(String extension) {
        note(new Removed(extension));
    }

    @Override
    public void onCount(String extension, Phase phase, Tally tally, long total) {
        note(new Counted(extension, phase, tally, total));
    }

    @Override
    public void onPanic(PanicReport report, Throwable cause) {
        note(report);
    }

    @Override
    public void onSilence(SilenceReport report) {
        note(report);
    }

    @Override
    public void onError(ErrorReport report, Throwable cause) {
        note(report);
    }

    @Override
    public void onQuarantined(QuarantineReport report) {
        note(new Entered(report));
    }

    @Override
    public void onReleased(QuarantineReport report) {
        note(new Left(report));
    }

    @Override
    public void onOverrun(OverrunReport report) {
        note(report);
    }

    @Override
    public void onRestarted(RestartReport report) {
        note(report);
    }

    @Override
    public void onCall(String extension, Phase phase, long nanos) {
        note(new Called(extension, phase, nanos));
    }
}
