package dev.safe.test;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * Tests that every extension should pass, whoever wrote it: what hosts rely on beyond the signatures of
 * {@link ExtensionCapability}. A test class implements it, and inherits the tests.
 *
 * <pre>{@code
 * class UdpTest implements ExtensionContract {
 *     @Override
 *     public ExtensionCapability newExtension() {
 *         return new Udp(0);
 *     }
 *
 *     @Override
 *     public boolean provoke(ExtensionCapability extension) throws IOException {
 *         send(new byte[] {1}, ((Udp) extension).port());
 *         return true;
 *     }
 * }
 * }</pre>
 *
 * <p>Each failure says what was seen and what to do about it. A check that cannot be made is skipped and says why, for
 * example because another check has to pass first, or because there is no event. All checks of a good extension take a
 * few seconds.
 *
 * <p>The extension is called on threads that are abandoned if they hang. The threads that it starts are recognised by
 * their thread group, so tests may run in parallel.
 *
 * @since 0.1
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
public interface ExtensionContract {

    /**
     * The order of checks that detect a change of global state. They run before other checks, which might make the same
     * change. Value: {@value}.
     */
    int FIRST = 0;

    /**
     * Makes an instance of the extension under test, not yet set up.
     *
     * @return a new instance
     * @throws Exception if it cannot be made
     */
    ExtensionCapability newExtension() throws Exception;

    /**
     * Returns the environment to set the extension up with. Override this if the extension needs a configuration.
     *
     * @param storageRoot a directory of its own, which may not exist yet
     * @return an environment with this storage root
     */
    default SetupEnv setupEnv(Path storageRoot) {
        return new SetupEnv("contract", storageRoot, Map.of());
    }

    /**
     * Makes something happen that the extension reports as an event, such as the arrival of a packet. Unless this is
     * overridden, the checks of events wait for an event that comes by itself, and are skipped if none does.
     *
     * @param extension set up
     * @return whether an event will come
     * @throws Exception if nothing could be made to happen, which fails the check
     * @see StepEvent
     */
    default boolean provoke(ExtensionCapability extension) throws Exception {
        return false;
    }

    /**
     * Returns how long a poll may take. The fastest of three polls is measured, so a slow machine does no harm.
     *
     * @return 100 ms, unless overridden
     */
    default Duration pollBudget() {
        return Duration.ofMillis(100);
    }

    /**
     * Returns how long the checks wait: for a call to return, an event to come, or a thread to end after teardown. This
     * is also the deadline of teardown.
     *
     * @return 2 s, unless overridden
     */
    default Duration patience() {
        return Duration.ofSeconds(2);
    }

    // Name.

    /**
     * Checks that it makes a new instance each time.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldMakeANewInstanceEachTime() throws Exception {
        Trial.make(this, NameChecks::makesNewInstances);
    }

    /**
     * Checks that it has a name that a guard accepts.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldHaveAValidName() throws Exception {
        Trial.make(this, NameChecks::isValid);
    }

    /**
     * Checks that it has the same name before setup, while it runs and after teardown.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldKeepItsName() throws Exception {
        Trial.make(this, NameChecks::isStable);
    }

    /**
     * Checks that it has the same name in each instance.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldHaveTheSameNameInEachInstance() throws Exception {
        Trial.make(this, NameChecks::isTheSameInEachInstance);
    }

    // Setup.

    /**
     * Checks that it sets up. If it does not, most other checks are not made.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldSetUp() throws Exception {
        Trial.make(this, SetupChecks::setsUp);
    }

    /**
     * Checks that it sets up with a key in its configuration that it does not know.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldIgnoreUnknownKeys() throws Exception {
        Trial.make(this, SetupChecks::ignoresUnknownKeys);
    }

    /**
     * Checks that it does not change the values of its configuration.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveItsConfigurationAsItIs() throws Exception {
        Trial.make(this, SetupChecks::leavesItsConfiguration);
    }

    /**
     * Checks that it sets up where its storage root does not exist yet.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldCreateItsStorage() throws Exception {
        Trial.make(this, SetupChecks::createsItsStorage);
    }

    /**
     * Checks that it creates no file beside its storage root or in the working directory.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldWriteOnlyToItsStorage() throws Exception {
        Trial.make(this, SetupChecks::keepsToItsStorage);
    }

    /**
     * Checks that it can be set up and polled again after a teardown.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldSetUpAgainAfterTeardown() throws Exception {
        Trial.make(this, SetupChecks::setsUpAgain);
    }

    /**
     * Checks that it ends setup when the thread is interrupted, and does not swallow that.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldKeepAnInterruptInSetup() throws Exception {
        Trial.make(this, SetupChecks::keepsInterrupt);
    }

    /**
     * Checks that it works beside another instance, and after that one's teardown.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldRunBesideAnotherInstance() throws Exception {
        Trial.make(this, SetupChecks::runsBesideAnother);
    }

    // Poll.

    /**
     * Checks that it can be polled many times.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldPollWithoutAPanic() throws Exception {
        Trial.make(this, PollChecks::isWithoutPanic);
    }

    /**
     * Checks that it returns from poll at once.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldPollWithinItsBudget() throws Exception {
        Trial.make(this, PollChecks::isWithinBudget);
    }

    /**
     * Checks that it returns null or throws an {@link IllegalStateException} before it is set up, and can be set up
     * then.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldBeHarmlessWhenPolledBeforeSetup() throws Exception {
        Trial.make(this, PollChecks::isHarmlessBeforeSetup);
    }

    /**
     * Checks that it returns null or throws an {@link IllegalStateException} when it is torn down.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldBeHarmlessWhenPolledAfterTeardown() throws Exception {
        Trial.make(this, PollChecks::isHarmlessAfterTeardown);
    }

    /**
     * Checks that it ends poll when the thread is interrupted, and does not swallow that.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldKeepAnInterruptInPoll() throws Exception {
        Trial.make(this, PollChecks::keepsInterrupt);
    }

    /**
     * Checks that it works after a poll that was interrupted.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldPollAgainAfterAnInterrupt() throws Exception {
        Trial.make(this, PollChecks::survivesInterrupt);
    }

    /**
     * Checks that it can be polled on other threads than setup's.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldPollOnAnyThread() throws Exception {
        Trial.make(this, PollChecks::isForAnyThread);
    }

    // Events.

    /**
     * Checks that it returns an event for what {@link #provoke} makes happen.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldDeliverWhatIsProvoked() throws Exception {
        Trial.make(this, EventChecks::delivers);
    }

    /**
     * Checks that each event has a kind that says what happened.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldNameTheKindOfItsEvents() throws Exception {
        Trial.make(this, EventChecks::haveAKind);
    }

    /**
     * Checks that it gives no id twice while events are not finalized.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldGiveEachEventAnIdOfItsOwn() throws Exception {
        Trial.make(this, EventChecks::haveIdsOfTheirOwn);
    }

    /**
     * Checks that it does not reuse a payload that it has handed over.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldGiveEachEventAPayloadOfItsOwn() throws Exception {
        Trial.make(this, EventChecks::haveAPayloadOfTheirOwn);
    }

    /**
     * Checks that it accepts one finalize for each event.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldFinalizeItsEvents() throws Exception {
        Trial.make(this, EventChecks::areFinalized);
    }

    /**
     * Checks that it ignores a second finalize of an event.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldIgnoreASecondFinalize() throws Exception {
        Trial.make(this, EventChecks::areFinalizedTwice);
    }

    /**
     * Checks that it ignores ids that it never gave.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldIgnoreUnknownIds() throws Exception {
        Trial.make(this, EventChecks::ignoreUnknownIds);
    }

    /**
     * Checks that it accepts finalizes in another order than the events'.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldFinalizeInAnyOrder() throws Exception {
        Trial.make(this, EventChecks::areFinalizedInAnyOrder);
    }

    /**
     * Checks that it accepts finalizes on other threads than poll's.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldFinalizeOnAnyThread() throws Exception {
        Trial.make(this, EventChecks::areFinalizedByAnyThread);
    }

    /**
     * Checks that it accepts finalizes while it is polled.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldFinalizeWhileItIsPolled() throws Exception {
        Trial.make(this, PollChecks::isWhileFinalized);
    }

    /**
     * Checks that it ends finalize when the thread is interrupted, and does not swallow that.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldKeepAnInterruptInFinalize() throws Exception {
        Trial.make(this, EventChecks::keepInterruptWhenFinalized);
    }

    /**
     * Checks that it does not refer to an event after it was finalized, nor to the payloads of several.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLetGoOfFinalizedEvents() throws Exception {
        Trial.make(this, EventChecks::areLetGoOf);
    }

    // Teardown.

    /**
     * Checks that it tears down within the deadline.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDown() throws Exception {
        Trial.make(this, TeardownChecks::tearsDown);
    }

    /**
     * Checks that it can be torn down again.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDownTwice() throws Exception {
        Trial.make(this, TeardownChecks::tearsDownTwice);
    }

    /**
     * Checks that it can be torn down even if it was never set up.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDownWithoutSetup() throws Exception {
        Trial.make(this, TeardownChecks::tearsDownWithoutSetup);
    }

    /**
     * Checks that it can be torn down after a setup whose storage root was a file.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDownAfterASetupThatFailed() throws Exception {
        Trial.make(this, TeardownChecks::tearsDownAfterAFailedSetup);
    }

    /**
     * Checks that it tears down even if the deadline has passed.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDownPastItsDeadline() throws Exception {
        Trial.make(this, TeardownChecks::tearsDownPastItsDeadline);
    }

    /**
     * Checks that it ends teardown when the thread is interrupted, and does not swallow that.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldKeepAnInterruptInTeardown() throws Exception {
        Trial.make(this, TeardownChecks::keepsInterrupt);
    }

    /**
     * Checks that it can be torn down on another thread than setup's.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDownOnAnyThread() throws Exception {
        Trial.make(this, TeardownChecks::tearsDownOnAnyThread);
    }

    /**
     * Checks that it can be torn down while events are not finalized.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldTearDownWithEventsOpen() throws Exception {
        Trial.make(this, TeardownChecks::tearsDownWithEventsOpen);
    }

    /**
     * Checks that it ignores a finalize that comes after teardown.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldIgnoreAFinalizeAfterTeardown() throws Exception {
        Trial.make(this, TeardownChecks::finalizesAfterTeardown);
    }

    /**
     * Checks that it releases what the next instance needs, such as a port.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldReleaseWhatTheNextInstanceNeeds() throws Exception {
        Trial.make(this, TeardownChecks::releasesForTheNext);
    }

    // What is left behind.

    /**
     * Checks that it leaves no running thread behind.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveNoThread() throws Exception {
        Trial.make(this, TraceChecks::leavesNoThread);
    }

    /**
     * Checks that it lets go of its class loader. The test class is loaded and instantiated again in a class loader of
     * its own, so it needs a constructor without parameters.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveNoClassLoader() throws Exception {
        Trial.make(this, TraceChecks::leavesNoClassLoader);
    }

    /**
     * Checks that it leaves no shutdown hook. Only made with {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveNoShutdownHook() throws Exception {
        Trial.make(this, TraceChecks::leavesNoShutdownHook);
    }

    /**
     * Checks that it leaves no file or socket open.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveNoHandle() throws Exception {
        Trial.make(this, TraceChecks::leavesNoHandle);
    }

    /**
     * Checks that it does not change the context class loader of the calling thread.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveTheContextClassLoader() throws Exception {
        Trial.make(this, TraceChecks::leavesTheContextClassLoader);
    }

    /**
     * Checks that it does not change name, priority or handler of the calling thread.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveTheCallingThread() throws Exception {
        Trial.make(this, TraceChecks::leavesTheCallingThread);
    }

    /**
     * Checks that it does not leave the calling thread interrupted.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    default void shouldLeaveNoInterrupt() throws Exception {
        Trial.make(this, TraceChecks::leavesNoInterrupt);
    }

    /**
     * Checks that it does not change the default handler of uncaught exceptions.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    @Order(FIRST)
    default void shouldLeaveTheUncaughtExceptionHandler() throws Exception {
        Trial.make(this, TraceChecks::leavesTheUncaughtExceptionHandler);
    }

    /**
     * Checks that it does not change the system properties.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    @Order(FIRST)
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    default void shouldLeaveTheSystemProperties() throws Exception {
        Trial.make(this, TraceChecks::leavesSystemProperties);
    }

    /**
     * Checks that it does not change the default locale and time zone.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    @Order(FIRST)
    @ResourceLock(Resources.LOCALE)
    @ResourceLock(Resources.TIME_ZONE)
    default void shouldLeaveLocaleAndTimeZone() throws Exception {
        Trial.make(this, TraceChecks::leavesLocaleAndTimeZone);
    }

    /**
     * Checks that it prints nothing to {@link System#out} or {@link System#err}; what it logs does not count.
     *
     * @throws Exception if the check could not be made
     */
    @Test
    @ResourceLock(Resources.SYSTEM_OUT)
    @ResourceLock(Resources.SYSTEM_ERR)
    default void shouldNotPrint() throws Exception {
        Trial.make(this, TraceChecks::printsNothing);
    }
}
