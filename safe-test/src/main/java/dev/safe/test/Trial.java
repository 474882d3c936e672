package dev.safe.test;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * One check of a contract. Makes extensions and calls them as a host does, on threads that it abandons if they hang. A
 * fault that another check is about skips this one and does not fail it.
 */
final class Trial implements AutoCloseable {

    private static final Duration LET_BE = Duration.ofMillis(2);

    private final ExtensionContract contract;
    private final Duration patience;
    private final Path directory;
    private final ThreadGroup group = new ThreadGroup("the extension");
    private final List<Caller> callers = new ArrayList<>();
    private final Set<ExtensionCapability> running = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Caller main;
    private final Caller provoker;
    private int storages;

    private Trial(ExtensionContract contract) throws IOException {
        this.contract = contract;
        patience = contract.patience();
        directory = Files.createTempDirectory("safe-contract");
        main = newCaller();
        provoker = new Caller(new ThreadGroup("the test"));
        callers.add(provoker);
    }

    /** Makes a check, and cleans up after it. */
    static void make(ExtensionContract contract, Check check) throws Exception {
        try (Trial trial = new Trial(contract)) {
            check.make(trial);
        }
    }

    /** A check. */
    @FunctionalInterface
    interface Check {

        /** Fails if the extension breaks the contract. */
        void make(Trial trial) throws Exception;
    }

    ExtensionContract contract() {
        return contract;
    }

    Duration patience() {
        return patience;
    }

    /** Returns the thread group of all threads that extensions are called on, and so of all threads that they start. */
    ThreadGroup group() {
        return group;
    }

    /** Returns the thread that extensions are called on, unless a check says otherwise. */
    Caller main() {
        return main;
    }

    Caller newCaller() {
        Caller caller = new Caller(group);
        callers.add(caller);
        return caller;
    }

    // What a host does. These fail no check, but say what became of the call.

    ExtensionCapability newExtension() {
        Outcome made = main.call("newExtension()", patience, contract::newExtension);
        if (made.value() instanceof ExtensionCapability extension) {
            return extension;
        }
        throw failure(made, "It has to make an extension that works in this test");
    }

    /** Returns an environment whose storage exists and is empty. */
    SetupEnv newEnv() {
        try {
            return contract.setupEnv(Files.createDirectory(newStorage()));
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    Path newStorage() {
        return directory.resolve("storage-" + ++storages);
    }

    Path directory() {
        return directory;
    }

    Outcome trySetup(Caller caller, ExtensionCapability extension, SetupEnv env) {
        running.add(extension);
        return caller.call("setup()", patience, () -> {
            extension.setup(env);
            return null;
        });
    }

    Outcome tryPoll(Caller caller, ExtensionCapability extension) {
        return caller.call("poll()", patience, extension::poll);
    }

    Outcome tryFinalize(Caller caller, ExtensionCapability extension, long id) {
        return caller.call("finalizeStep(" + id + ")", patience, () -> {
            extension.finalizeStep(id);
            return null;
        });
    }

    Outcome tryTeardown(Caller caller, ExtensionCapability extension) {
        running.remove(extension);
        Duration wait = patience.plus(patience.dividedBy(2)); // Using up the deadline that it is given is no fault.
        return caller.call("teardown()", wait, () -> {
            extension.teardown(new TeardownContext(Instant.now().plus(patience)));
            return null;
        });
    }

    // The same for calls that this check is not about: one that does not return skips the check.

    /** Returns an extension that is set up. */
    ExtensionCapability started() {
        ExtensionCapability extension = newExtension();
        setup(extension);
        return extension;
    }

    void setup(ExtensionCapability extension) {
        need(trySetup(main, extension, newEnv()), "shouldSetUp");
    }

    @Nullable StepEvent poll(ExtensionCapability extension) {
        return (StepEvent)
                need(tryPoll(main, extension), "shouldPollWithoutAPanic").value();
    }

    void finalizeStep(ExtensionCapability extension, long id) {
        need(tryFinalize(main, extension, id), "shouldFinalizeItsEvents");
    }

    void teardown(ExtensionCapability extension) {
        need(tryTeardown(main, extension), "shouldTearDown");
    }

    static Outcome need(Outcome outcome, String check) {
        if (!outcome.returned()) {
            Assumptions.abort("Not checked, since %s: see %s".formatted(outcome.seen(), check));
        }
        return outcome;
    }

    /** Lets the test provoke an event. Returns whether one will come. */
    boolean provoke(ExtensionCapability extension) {
        Outcome provoked = provoker.call("provoke()", patience, () -> contract.provoke(extension));
        if (!provoked.returned()) {
            throw failure(provoked, "It has to make something happen that the extension has an event for");
        }
        return Boolean.TRUE.equals(provoked.value());
    }

    /** Polls until an event comes, or something else than an event. Returns the last poll. */
    Outcome tryEvent(Caller caller, ExtensionCapability extension) {
        long start = System.nanoTime();
        Outcome polled = tryPoll(caller, extension);
        while (polled.returned() && polled.value() == null && System.nanoTime() - start < patience.toNanos()) {
            LockSupport.parkNanos(LET_BE.toNanos());
            polled = tryPoll(caller, extension);
        }
        return polled;
    }

    /** Returns an event, or null if none comes. */
    private @Nullable StepEvent awaitEvent(ExtensionCapability extension, boolean provoked) {
        Outcome polled = tryEvent(main, extension);
        String check = provoked ? "shouldDeliverWhatIsProvoked" : "shouldPollWithoutAPanic";
        need(polled, polled.hung() ? "shouldPollWithinItsBudget" : check);
        return (StepEvent) polled.value();
    }

    /**
     * Provokes an event and finalizes it, twice. Skips the check if one does not come. Returns false if the test cannot
     * provoke them.
     */
    boolean delivers(ExtensionCapability extension) {
        for (int i = 0; i < 2; i++) {
            if (!provoke(extension)) {
                return false;
            }
            finalizeStep(extension, event(extension, true).id());
        }
        return true;
    }

    /** Fails if a provoked event does not come, as one did before. */
    void checkStillDelivers(Caller caller, ExtensionCapability extension, String advice) {
        provoke(extension);
        checkComes(caller, extension, advice);
    }

    /** Fails if an event does not come that was provoked. */
    void checkComes(Caller caller, ExtensionCapability extension, String advice) {
        Outcome polled = tryEvent(caller, extension);
        if (!(polled.value() instanceof StepEvent event)) {
            throw failure(
                    polled.seen() + (polled.returned() ? " for " + Outcome.millis(patience) : "")
                            + ", though provoke() made something happen",
                    advice,
                    polled.thrown());
        }
        finalizeStep(extension, event.id());
    }

    /** Finalizes the event that a poll returned, if it did. */
    void finalizeEvent(ExtensionCapability extension, Outcome polled) {
        if (polled.value() instanceof StepEvent event) {
            finalizeStep(extension, event.id());
        }
    }

    /** Polls, and finalizes the event if there is one. */
    void step(ExtensionCapability extension) {
        StepEvent event = poll(extension);
        if (event != null) {
            finalizeStep(extension, event.id());
        }
    }

    /** Takes an instance through its whole life first, so that a failure afterwards is not one that always happens. */
    void rehearse() {
        ExtensionCapability extension = started();
        if (!delivers(extension)) {
            step(extension);
        }
        teardown(extension);
    }

    /** Skips the check if a new instance does not set up, now that others are torn down. */
    void needRelease() {
        List.copyOf(running).forEach(extension -> tryTeardown(main, extension));
        ExtensionCapability next = newExtension();
        need(trySetup(main, next, newEnv()), "shouldReleaseWhatTheNextInstanceNeeds");
        teardown(next);
    }

    /** Returns an event that is not finalized. Skips the check if none comes. */
    StepEvent event(ExtensionCapability extension) {
        return event(extension, provoke(extension));
    }

    private StepEvent event(ExtensionCapability extension, boolean provoked) {
        StepEvent event = awaitEvent(extension, provoked);
        if (event == null) {
            Assumptions.abort(
                    provoked
                            ? "Not checked, since no event came: see shouldDeliverWhatIsProvoked"
                            : "Not checked, since no event came: override provoke() to make one happen");
        }
        return event;
    }

    /** Takes an extension of an isolated test through its whole life, and keeps nothing of it. */
    void liveAs(ExtensionContract isolated) throws Exception {
        try (Trial other = new Trial(isolated)) {
            other.live();
        } catch (AssertionError unfit) {
            Assumptions.abort(
                    "Not checked, since the test class is not usable in a class loader of its own, where neither @BeforeEach nor @TempDir does anything: "
                            + unfit.getMessage());
        }
    }

    /** Returns whether a thread is one of those that extensions are called on. */
    boolean isCaller(Thread thread) {
        return callers.stream().anyMatch(caller -> caller.thread() == thread);
    }

    /** Takes an extension through its whole life on one thread, which should leave no trace. */
    void live() {
        ExtensionCapability extension = started();
        if (provoke(extension)) {
            StepEvent event = awaitEvent(extension, true);
            if (event != null) {
                finalizeStep(extension, event.id());
            }
        }
        for (int i = 0; i < 3; i++) {
            step(extension);
        }
        teardown(extension);
    }

    // What a check finds.

    /** Fails unless the call returned. */
    static void checkReturned(Outcome outcome, String advice) {
        if (!outcome.returned()) {
            throw failure(outcome, advice);
        }
    }

    /** Fails unless the interrupt that a call was made with is still pending. */
    static void checkKeptInterrupt(Outcome outcome) {
        if (outcome.hung()) {
            throw failure(
                    outcome,
                    "An interrupt is how a host ends a call that takes too long: end soon once the thread is"
                            + " interrupted");
        }
        check(
                outcome.interrupted() || hasInterruptedCause(outcome.thrown()),
                outcome.what() + " swallowed the interrupt",
                "The host does not know any more that it should stop. After catching an InterruptedException, throw it"
                        + " on, or call Thread.currentThread().interrupt()");
    }

    private static boolean hasInterruptedCause(@Nullable Throwable thrown) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .limit(100)
                .anyMatch(InterruptedException.class::isInstance);
    }

    static void check(boolean kept, String seen, String advice) {
        if (!kept) {
            throw failure(seen, advice, null);
        }
    }

    static AssertionError failure(Outcome outcome, String advice) {
        return failure(outcome.seen(), advice, outcome.thrown());
    }

    private static AssertionError failure(String seen, String advice, @Nullable Throwable cause) {
        return new AssertionError(seen + ". " + advice + ".", cause);
    }

    /**
     * Tears down what still runs, abandons the threads, and deletes the storage. Failures of these steps are ignored.
     */
    @Override
    public void close() throws IOException {
        List.copyOf(running).forEach(extension -> tryTeardown(main, extension));
        callers.forEach(Caller::close);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
