package dev.safe.internal.hostfunction;

import dev.safe.internal.watch.WatchedCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes its calls, and checks that each admitted call is ended exactly once. */
final class RecordingBoundary extends CallBoundary {

    record Failure(String function, Throwable thrown) {}

    final List<Failure> failures = new ArrayList<>();
    final List<Failure> containments = new ArrayList<>();
    int entered;
    int rejected;
    int exited;
    boolean rejecting;

    /** Thrown by {@code failed}. */
    @Nullable Throwable passedOn;

    private final List<Object> admissions = new ArrayList<>();

    RecordingBoundary() {
        gate = OBSERVED;
    }

    @Override
    public WatchedCall enter() {
        if (rejecting) {
            rejected++;
            return REJECTED;
        }
        entered++;
        WatchedCall admission = WatchedCall.sentinel();
        admissions.add(admission);
        return admission;
    }

    @Override
    public void exit(WatchedCall admission) {
        close(admission);
        exited++;
    }

    @Override
    public void failed(int seen, @Nullable WatchedCall admission, String function, Throwable thrown) throws Throwable {
        close(admission);
        failures.add(new Failure(function, thrown));
        if (passedOn != null) {
            throw passedOn;
        }
    }

    @Override
    public void contained(int seen, @Nullable WatchedCall admission, String function, Throwable thrown) {
        close(admission);
        containments.add(new Failure(function, thrown));
    }

    @Override
    public String extension() {
        return "network.udp";
    }

    /** Returns how many calls are under way. */
    int open() {
        return admissions.size();
    }

    private void close(@Nullable WatchedCall admission) {
        if (!admissions.remove(admission)) {
            throw new IllegalStateException("not open: " + admission);
        }
    }
}
