package dev.safe.supervisor;

import dev.safe.SetupEnv;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings that all extensions of a supervisor share.
 *
 * @param sink takes the events
 * @param env returns the environment of an extension, by its name
 * @param restart when an extension is restarted
 * @param threads makes the threads of the loops; null for daemon threads
 * @param maxInFlight how many events of an extension may be open
 * @param pause how long a loop rests when nothing is pending
 * @param teardownDeadline how long an extension may take to stop
 */
record Settings(
        EventSink sink,
        Function<String, SetupEnv> env,
        RestartPolicy restart,
        @Nullable ThreadFactory threads,
        int maxInFlight,
        Duration pause,
        Duration teardownDeadline) {}
