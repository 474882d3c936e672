package dev.safe.supervisor;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionPanicException;
import dev.safe.Phase;
import dev.safe.QuarantineReport;
import dev.safe.QuarantineState;
import dev.safe.Supervision;
import dev.safe.internal.concurrent.DaemonThread;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.render.ThrowableText;
import dev.safe.internal.time.Nanos;
import dev.safe.internal.time.Throttle;
import dev.safe.supervisor.Incarnation.Stage;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One extension of a supervisor: its life, if it has one, and when the next one begins. Fields that are neither final
 * nor volatile are guarded by the {@link Monitor}. Methods that say so are called under it.
 */
final class SupervisedExtension {

    /** There is nothing to wait for. */
    static final long FAR = Long.MAX_VALUE;

    private static final Logger logger = LoggerFactory.getLogger(ExtensionSupervisor.class);
    private static final long FAILURES_INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final ExtensionGuard guard;
    private final Settings settings;
    private final Monitor monitor;
    private final Source source;
    private final RestartSchedule schedule;
    private final Throttle failures = new Throttle();

    private List<SupervisedExtension> dependencies = List.of();
    private List<SupervisedExtension> dependents = List.of();

    private @Nullable Supervision supervision;
    private @Nullable Incarnation life;

    /**
     * Whether the extension should be up. False before the start, after too many restarts, and once the supervisor
     * closes.
     */
    private boolean wanted;

    private boolean gaveUp;

    /** Whether the newest setup failed. */
    private boolean setupFailed;

    /** When the next life may begin. */
    private long dueAt;

    /** Why the next life is a restart; null if it is the first. */
    private @Nullable String nextReason;

    /** Whether the present life has to end for an operator's restart. */
    private boolean restartRequested;

    /** Why the present life has to end at {@link #tripRestartAt}, unless the extension recovers before; null if it does not. */
    private @Nullable String tripReason;

    private long tripRestartAt;
    private int trips;

    /** Whether polls are rejected. */
    private volatile boolean quarantined;

    SupervisedExtension(String name, Source source, ExtensionGuard guard, Settings settings, Monitor monitor) {
        this.name = name;
        this.source = source;
        this.guard = guard;
        this.settings = settings;
        this.monitor = monitor;
        this.schedule = new RestartSchedule(settings.restart());
    }

    void connect(List<SupervisedExtension> dependencies, List<SupervisedExtension> dependents) {
        this.dependencies = dependencies;
        this.dependents = dependents;
    }

    String name() {
        return name;
    }

    // The way from one life to the next. Called under the monitor.

    void start(Supervision claim, long now) {
        supervision = claim;
        wanted = true;
        dueAt = now;
    }

    /** Lets no further life begin. */
    void close() {
        wanted = false;
    }

    void requestRestart(String reason, long now) {
        schedule.reset();
        wanted = true;
        gaveUp = false;
        tripReason = null;
        trips = 0;
        dueAt = now;
        nextReason = reason;
        restartRequested = life != null;
    }

    /**
     * Takes the next step, if it is due.
     *
     * @param closing whether the supervisor closes
     * @param mayStart whether a life may begin now
     * @param later collects tasks that run foreign code, for the caller to run outside the monitor
     * @return how long until there may be another step, in nanoseconds; {@link #FAR} if something has to happen before
     */
    long step(long now, boolean closing, boolean mayStart, List<Runnable> later) {
        Incarnation current = life;
        if (current == null) {
            return startIfDue(now, mayStart, later);
        }
        if (!current.isTold()) {
            if (!hasToStop(now)) {
                return tripReason == null ? FAR : tripRestartAt - now;
            }
            tellToStop(current, now, later);
        }
        return hurry(current, now, closing, later);
    }

    private long startIfDue(long now, boolean mayStart, List<Runnable> later) {
        if (!wanted || !areDependenciesUp()) {
            if (supervision != null) {
                supervision.restartWaits();
            }
            return FAR;
        }
        if (dueAt - now > 0) {
            return dueAt - now;
        }
        if (!mayStart) {
            return Keeper.HEAD_START;
        }
        Incarnation next = new Incarnation(this, settings, monitor, source, nextReason, now);
        later.add(() -> launch(next)); // Added before anything changes, since memory may be short.
        life = next;
        nextReason = "its loop broke off"; // Stays the reason if nothing sets another one.
        dueAt = now + Nanos.of(settings.restart().initialBackoff());
        restartRequested = false;
        tripReason = null;
        trips = 0;
        return FAR;
    }

    private boolean hasToStop(long now) {
        return !wanted || restartRequested || !areDependenciesUp() || isTripRestartDue(now);
    }

    private boolean isTripRestartDue(long now) {
        return tripReason != null && tripRestartAt - now <= 0;
    }

    private void tellToStop(Incarnation current, long now, List<Runnable> later) {
        if (wanted && (restartRequested || isTripRestartDue(now))) {
            if (!restartRequested) {
                nextReason = tripReason;
            }
            Objects.requireNonNull(supervision).restarting();
        } else if (wanted) {
            String reason = whyDependenciesAreNotUp();
            later.add(() -> logger.warn("extension stops: {}: {}", name, reason));
            nextReason = "what it depends on went down";
        }
        dueAt = now;
        current.tell(now);
    }

    /**
     * Deals with a life that has to stop and does not: interrupts it, then ends what can be ended without it, then
     * leaves it behind.
     */
    private long hurry(Incarnation current, long now, boolean closing, List<Runnable> later) {
        long past = now - current.toldAt;
        if (current.isInside() && past >= current.share(1, 2) && !current.interrupted) {
            later.add(() -> startInterrupt(current, () -> current.interrupted = false));
            current.interrupted = true;
        }
        if (current.isInCall() && !current.isTornDown() && past >= current.share(3, 4) && !current.rescued) {
            later.add(() -> startRescue(current));
            current.rescued = true;
        }
        if (current.left(now) > 0) {
            long quarter = Math.max(1, current.share(1, 4));
            return Math.min(current.left(now), quarter - past % quarter);
        }
        boolean isLeftBehind = closing || source.makesAnew();
        if (current.isInCall() && !current.overdue) {
            later.add(() -> startInterrupt(current, () -> current.overdue = false));
            current.overdue = true;
            if (!isLeftBehind) {
                later.add(() -> logger.warn(
                        "extension hangs: {}: it did not stop within {}, and is not set up again before it does",
                        name,
                        deadline()));
            }
        }
        if (isLeftBehind) {
            later.add(() -> logger.warn("extension left behind: {}: it did not stop within {}", name, deadline()));
            life = null;
            monitor.signal();
            return 0; // Its next life may begin at once, and nothing else might wake the keeper.
        }
        return FAR;
    }

    // If there is no thread for these, the next step tries again. They wake nobody then, since that would be at once.

    private void startRescue(Incarnation current) {
        try {
            thread(current::rescue).start();
        } catch (Throwable thrown) {
            long unused = monitor.look(() -> current.rescued = false);
            throw thrown;
        }
    }

    /** Interrupts on a thread of its own, since that may run code of the extension, which must not hang the keeper. */
    private void startInterrupt(Incarnation current, Runnable again) {
        try {
            DaemonThread.of("safe-interrupter", current::interrupt).start();
        } catch (Throwable thrown) {
            long unused = monitor.look(again);
            throw thrown;
        }
    }

    private String deadline() {
        return Nanos.format(settings.teardownDeadline());
    }

    private void launch(Incarnation next) {
        try {
            thread(next).start();
        } catch (Throwable thrown) {
            next.breakOff(thrown);
        }
    }

    private Thread thread(Runnable task) {
        String threadName = "safe-" + name;
        ThreadFactory threads = settings.threads();
        if (threads == null) {
            return DaemonThread.of(threadName, task);
        }
        Thread thread = Objects.requireNonNull(threads.newThread(task), "the thread factory returned null");
        if (thread.getName().isEmpty()) { // As those of virtual threads are by default.
            thread.setName(threadName);
        }
        return thread;
    }

    /** Returns whether the extension is up, has failed or waits for something, so that nothing is about to happen. */
    boolean isSettled(long now) {
        Incarnation current = life;
        if (current == null) {
            return !wanted || !areDependenciesUp() || dueAt - now > 0;
        }
        return current.stage == Stage.UP && !current.isTold() && !hasToStop(now);
    }

    boolean isUp() {
        return life != null && life.stage == Stage.UP && !life.isTold();
    }

    boolean isDown() {
        return life == null;
    }

    /** Returns whether the present life is still in setup, having begun less than a while ago. */
    boolean isStartingSince(long now, long nanos) {
        return life != null && life.stage == Stage.STARTING && now - life.startedAt < nanos;
    }

    private boolean areDependenciesUp() {
        return dependencies.stream().allMatch(SupervisedExtension::isUp);
    }

    boolean areDependentsDown() {
        return dependents.stream().allMatch(SupervisedExtension::isDown);
    }

    boolean runsOn(Thread thread) {
        return life != null && life.runsOn(thread);
    }

    /** Adds all extensions that depend on this one, directly or indirectly. */
    void addDependents(Set<SupervisedExtension> to) {
        for (SupervisedExtension dependent : dependents) {
            if (to.add(dependent)) {
                dependent.addDependents(to);
            }
        }
    }

    // What a life reports, on its own thread.

    /** Reports a restart, if the life that begins has a reason for one. */
    void begins(@Nullable String restartReason) {
        Supervision claim = supervision;
        if (restartReason != null && claim != null) {
            claim.restarting();
            claim.restarted(restartReason);
        }
        lookWhetherQuarantined();
    }

    /** Asks the guard, since two reports at once may come in either order; one after the other, so that the last is right. */
    private void lookWhetherQuarantined() {
        long unused = monitor.look(() -> quarantined = guard.snapshot(name, Phase.POLL)
                .map(poll -> poll.quarantine().state() != QuarantineState.CLEAR)
                .orElse(false));
    }

    /** Takes the outcome of setup. If it failed, schedules a restart, and the life has to stop. */
    void setupEnded(Incarnation of, @Nullable Throwable failure) {
        if (failure == null) {
            boolean isPresent = monitor.update(() -> up(of));
            if (isPresent && of.isRestart()) {
                logThatItIsUp();
            }
            return;
        }
        logSetupFailure(failure);
        String reason = "setup failed: " + describe(failure);
        boolean goesOn = monitor.update(() -> failed(of, reason));
        if (!goesOn) {
            logThatItGaveUp(reason);
        }
    }

    /** Logs that a restart has succeeded so far, since the line of the restart itself only says why it was made. */
    private void logThatItIsUp() {
        try {
            logger.info("extension up again: {}", name);
        } catch (Throwable ignored) {
            // The log fails, or memory is short.
        }
    }

    /** Logs where a setup failed that returned an error, which the guard leaves to its caller. */
    private void logSetupFailure(Throwable failure) {
        if (!(failure instanceof ExtensionPanicException)) {
            logFirst(failure, "extension not set up: {}: {}");
        }
    }

    /** Logs the first throwable of each type in a minute. Never throws. */
    private void logFirst(Throwable thrown, String what) {
        try {
            String kind = thrown.getClass().getName();
            if (failures.decide(kind, 1, FAILURES_INTERVAL, monitor.now()) != Throttle.Decision.SILENT) {
                logger.error(
                        what, name, SafeText.value(ThrowableText.describe(thrown)), ThrowableText.printable(thrown));
            }
        } catch (Throwable ignored) {
            // The log fails, or memory is short. What the caller has to do is more important.
        }
    }

    /** Notes that a life is up. Returns false if it was left behind. */
    private boolean up(Incarnation of) {
        of.stage = Stage.UP;
        if (life != of) {
            return false;
        }
        setupFailed = false;
        schedule.up(monitor.now());
        return true;
    }

    /** Schedules a restart after a failure. Returns false if there will be no further life. */
    private boolean failed(Incarnation of, String reason) {
        long now = monitor.now();
        of.tell(now);
        if (life != of || !wanted || restartRequested) {
            return true;
        }
        setupFailed = true;
        long backoff = nextBackoff(now);
        dueAt = now + backoff;
        nextReason = reason;
        return backoff != RestartSchedule.NEVER;
    }

    private static String describe(Throwable failure) {
        return ThrowableText.describe(failure instanceof ExtensionPanicException panic ? panic.value() : failure);
    }

    /**
     * Returns how long the next restart has to wait. Gives up the extension if that is {@link RestartSchedule#NEVER}.
     */
    private long nextBackoff(long now) {
        long backoff = schedule.next(now);
        if (backoff == RestartSchedule.NEVER) {
            wanted = false;
            gaveUp = true;
        }
        return backoff;
    }

    private void logThatItGaveUp(String reason) {
        RestartPolicy policy = settings.restart();
        if (policy.enabled()) {
            try {
                logger.error(
                        "extension not restarted any more: {}: {} restarts within {}, last {}",
                        name,
                        policy.maxRestarts(),
                        Nanos.format(policy.within()),
                        SafeText.value(reason));
            } catch (Throwable ignored) {
                // The log is what fails. The state says it too.
            }
        }
    }

    /** Shows the extension as failed again, since its teardown has replaced that state. */
    void stopped(Incarnation of, @Nullable Throwable failure) {
        Supervision claim = supervision;
        if (claim != null && monitor.test(() -> life == of && (failure != null || gaveUp))) {
            claim.failed();
        }
    }

    /** Shows the state of the present life again, if a life that was left behind may have changed it. */
    void changed(Incarnation by) {
        long unused = monitor.look(() -> {
            if (life != by && supervision != null) {
                showPresent(supervision);
            }
        });
    }

    private void showPresent(Supervision claim) {
        if (isUp()) {
            claim.running();
        } else if (gaveUp || (life == null && setupFailed)) {
            claim.failed();
        } else if (wanted) {
            claim.restarting();
        }
    }

    void ended(Incarnation of) {
        monitor.run(() -> {
            of.stage = Stage.ENDED;
            if (life == of) {
                life = null;
            }
        });
    }

    boolean isQuarantined() {
        return quarantined;
    }

    void sinkFailed(Throwable thrown) {
        logFirst(thrown, "event sink failed: {}: {}; event finalized");
    }

    /** Logs that the loop does not poll, and what for. */
    void waits(int inFlight) {
        try {
            logger.warn("extension waits: {}: {} events are not done, so it is not polled", name, inFlight);
        } catch (Throwable ignored) {
            // The log fails, or memory is short. It is looked at again.
        }
    }

    /** Returns why the extension is not up, fit to log; null if it is up, or a restart is scheduled. Under the monitor. */
    @Nullable String whyNotUp() {
        Incarnation current = life;
        if (current != null && current.stage == Stage.STARTING) {
            return "its setup has not returned";
        }
        return current == null && wanted ? whyDependenciesAreNotUp() : null;
    }

    private @Nullable String whyDependenciesAreNotUp() {
        return dependencies.stream()
                .filter(dependency -> !dependency.isUp())
                .findFirst()
                .map(dependency -> "it depends on " + dependency.name + ", which is not up")
                .orElse(null);
    }

    // What the guard reports.

    /** Notes that polls are rejected, and schedules a restart if they have tripped too often without recovering. */
    void quarantined(QuarantineReport report) {
        lookWhetherQuarantined();
        boolean isTrip = report.until() != null || report.state() == QuarantineState.DISABLED;
        if (isTrip && quarantined) { // Else a release has overtaken it, while other listeners were notified.
            boolean goesOn = monitor.update(() -> tripped(report.reason()));
            if (!goesOn) {
                logThatItGaveUp(report.reason());
            }
        }
    }

    /** Counts a trip. Returns false if there will be no further life. */
    private boolean tripped(String reason) {
        trips++;
        schedule.down(monitor.now());
        RestartPolicy policy = settings.restart();
        if (!policy.enabled() || trips < policy.afterTrips() || tripReason != null || !isUp()) {
            return true;
        }
        long now = monitor.now();
        long backoff = nextBackoff(now);
        if (backoff == RestartSchedule.NEVER) {
            return false;
        }
        tripReason = reason;
        tripRestartAt = now + backoff;
        return true;
    }

    /** Notes that polls go through again. */
    void recovered() {
        lookWhetherQuarantined();
        monitor.run(() -> {
            trips = 0;
            if (isUp()) {
                schedule.up(monitor.now());
            }
            if (life != null && !life.isTold()) {
                tripReason = null;
            }
        });
    }
}
