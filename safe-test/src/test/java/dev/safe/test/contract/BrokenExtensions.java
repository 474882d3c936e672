package dev.safe.test.contract;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.management.ObjectName;

/**
 * Extensions that each have one fault that real extensions have, and the checks that find it. {@link ContractTest} runs
 * them.
 */
final class BrokenExtensions {

    private BrokenExtensions() {}

    // Name.

    @Breaks("shouldMakeANewInstanceEachTime")
    static class OneInstance extends SoundContract {

        private final Sound only = new Sound();

        @Override
        public ExtensionCapability newExtension() {
            return only;
        }
    }

    @Breaks("shouldHaveAValidName")
    static class BadName extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public String name() {
                    return "network udp";
                }
            };
        }
    }

    @Breaks("shouldKeepItsName")
    static class NameAfterSetup extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public String name() {
                    return running ? "sound.running" : "sound";
                }
            };
        }
    }

    @Breaks("shouldHaveTheSameNameInEachInstance")
    static class NumberedName extends SoundContract {

        private static final AtomicInteger INSTANCES = new AtomicInteger();

        @Override
        public ExtensionCapability newExtension() {
            int number = INSTANCES.incrementAndGet();
            return new Sound() {
                @Override
                public String name() {
                    return "sound-" + number;
                }
            };
        }
    }

    // Setup.

    @Breaks("shouldSetUp")
    static class NoSetup extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws IOException {
                    throw new IOException("the port is taken");
                }
            };
        }
    }

    @Breaks("shouldIgnoreUnknownKeys")
    static class StrictConfiguration extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    env.config().keySet().forEach(key -> {
                        throw new IllegalArgumentException(key);
                    });
                    super.setup(env);
                }
            };
        }
    }

    @Breaks("shouldLeaveItsConfigurationAsItIs")
    static class ChangedConfiguration extends SoundContract {

        @Override
        public SetupEnv setupEnv(Path storageRoot) {
            return new SetupEnv("cell", storageRoot, Map.of("ports", new ArrayList<>(List.of(1))));
        }

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                @SuppressWarnings("unchecked")
                public void setup(SetupEnv env) throws Exception {
                    ((List<Integer>) env.config().get("ports")).add(9999);
                    super.setup(env);
                }
            };
        }
    }

    @Breaks("shouldCreateItsStorage")
    static class NoStorage extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    Files.writeString(env.storageRoot().resolve("state"), "running");
                    super.setup(env);
                }
            };
        }
    }

    @Breaks("shouldWriteOnlyToItsStorage")
    static class StrayFile extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                protected void store(SetupEnv env) throws IOException {
                    Files.writeString(env.storageRoot().resolveSibling("sound.lock"), "running");
                }
            };
        }
    }

    @Breaks("shouldSetUpAgainAfterTeardown")
    static class OnlyOnce extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private boolean used;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    if (used) {
                        throw new IllegalStateException("it was torn down");
                    }
                    used = true;
                    super.setup(env);
                }
            };
        }
    }

    @Breaks("shouldKeepAnInterruptInSetup")
    static class InterruptLostInSetup extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    loseInterrupt();
                    super.setup(env);
                }
            };
        }
    }

    private static void loseInterrupt() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException swallowed) {
            // The interrupt is swallowed, which is the fault.
        }
    }

    @Breaks("shouldRunBesideAnotherInstance")
    static class StaticState extends SoundContract {

        private static boolean taken;

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private boolean own;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    if (taken) {
                        throw new IllegalStateException("there is one already");
                    }
                    super.setup(env);
                    taken = true;
                    own = true;
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    if (own) {
                        taken = false;
                    }
                    super.teardown(context);
                }
            };
        }
    }

    // Poll.

    @Breaks("shouldPollWithoutAPanic")
    static class PanicsWhenIdle extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private int polls;

                @Override
                public StepEvent poll() {
                    if (running && ++polls == 15) {
                        throw new NoClassDefFoundError("com/acme/Gone");
                    }
                    return super.poll();
                }
            };
        }

        @Override
        public boolean provoke(ExtensionCapability extension) {
            return false;
        }
    }

    @Breaks("shouldPollWithinItsBudget")
    static class BlockingPoll extends SoundContract {

        @Override
        public Duration pollBudget() {
            return Duration.ofMillis(10);
        }

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final BlockingQueue<StepEvent> queue = new ArrayBlockingQueue<>(100);

                @Override
                public void happen() {
                    queue.add(newEvent());
                }

                @Override
                public StepEvent poll() {
                    if (!running) {
                        return null;
                    }
                    try {
                        return queue.poll(20, TimeUnit.MILLISECONDS);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                        return null;
                    }
                }
            };
        }
    }

    @Breaks("shouldPollWithinItsBudget")
    static class HangingPoll extends SoundContract {

        @Override
        public Duration patience() {
            return Duration.ofMillis(100);
        }

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    while (running && !Thread.currentThread().isInterrupted()) {
                        LockSupport.park(this);
                    }
                    return null;
                }
            };
        }
    }

    @Breaks("shouldBeHarmlessWhenPolledBeforeSetup")
    static class PollBeforeSetup extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private Path storage;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    storage = env.storageRoot();
                }

                @Override
                public StepEvent poll() {
                    Objects.requireNonNull(storage);
                    return super.poll();
                }
            };
        }
    }

    @Breaks("shouldBeHarmlessWhenPolledAfterTeardown")
    static class PollAfterTeardown extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private boolean closed;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    closed = false;
                }

                @Override
                public StepEvent poll() {
                    if (closed) {
                        throw new UncheckedIOException(new ClosedChannelException());
                    }
                    return super.poll();
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    super.teardown(context);
                    closed = true;
                }
            };
        }
    }

    @Breaks("shouldKeepAnInterruptInPoll")
    static class InterruptLostInPoll extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    loseInterrupt();
                    return super.poll();
                }
            };
        }
    }

    @Breaks("shouldPollAgainAfterAnInterrupt")
    static class ClosedByInterrupt extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private boolean closed;

                @Override
                public StepEvent poll() {
                    closed |= Thread.currentThread().isInterrupted();
                    if (closed && !Thread.currentThread().isInterrupted()) {
                        throw new IllegalStateException("the channel is closed");
                    }
                    return super.poll();
                }
            };
        }
    }

    @Breaks("shouldPollOnAnyThread")
    static class ThreadOfSetup extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private Thread owner;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    owner = Thread.currentThread();
                }

                @Override
                public StepEvent poll() {
                    if (running && owner != Thread.currentThread()) {
                        throw new IllegalStateException("not the thread of setup");
                    }
                    return super.poll();
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    super.teardown(context);
                    owner = null;
                }
            };
        }
    }

    // Events.

    @Breaks("shouldDeliverWhatIsProvoked")
    static class NoEvents extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void happen() {}
            };
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(100);
        }
    }

    @Breaks("shouldNameTheKindOfItsEvents")
    static class NoKind extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                protected StepEvent newEvent() {
                    return new StepEvent(" ", new byte[0], ids.incrementAndGet(), null);
                }
            };
        }
    }

    @Breaks("shouldGiveEachEventAnIdOfItsOwn")
    static class SameIds extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                protected StepEvent newEvent() {
                    return new StepEvent("sound.event", new byte[0], 1, null);
                }
            };
        }
    }

    @Breaks("shouldGiveEachEventAPayloadOfItsOwn")
    static class SharedPayload extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final byte[] buffer = new byte[4];

                @Override
                public StepEvent poll() {
                    StepEvent event = super.poll();
                    buffer[0]++;
                    return event == null ? null : new StepEvent(event.kind(), buffer, event.id(), null);
                }
            };
        }
    }

    @Breaks("shouldFinalizeItsEvents")
    static class PanicsWhenFinalized extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void finalizeStep(long id) {
                    if (open.remove(id) != null) {
                        throw new IllegalStateException("the reply is lost");
                    }
                }
            };
        }
    }

    @Breaks({"shouldIgnoreASecondFinalize", "shouldIgnoreUnknownIds"})
    static class UnknownId extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void finalizeStep(long id) {
                    if (running) {
                        Objects.requireNonNull(open.remove(id), "no such event");
                    }
                }
            };
        }
    }

    @Breaks("shouldFinalizeInAnyOrder")
    static class InOrderOnly extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final Deque<Long> order = new ArrayDeque<>();

                @Override
                public synchronized StepEvent poll() {
                    StepEvent event = super.poll();
                    if (event != null) {
                        order.add(event.id());
                    }
                    return event;
                }

                @Override
                public synchronized void finalizeStep(long id) {
                    if (order.contains(id) && order.remove() != id) {
                        throw new IllegalStateException("out of order");
                    }
                    super.finalizeStep(id);
                }
            };
        }
    }

    @Breaks("shouldFinalizeOnAnyThread")
    static class ThreadOfPoll extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private Thread poller;

                @Override
                public StepEvent poll() {
                    poller = Thread.currentThread();
                    return super.poll();
                }

                @Override
                public void finalizeStep(long id) {
                    if (open.containsKey(id) && poller != Thread.currentThread()) {
                        throw new IllegalStateException("not the thread of poll");
                    }
                    super.finalizeStep(id);
                }
            };
        }
    }

    @Breaks("shouldFinalizeWhileItIsPolled")
    static class Unsynchronized extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private volatile boolean polling;

                @Override
                public StepEvent poll() {
                    polling = true;
                    LockSupport.parkNanos(2_000_000);
                    polling = false;
                    return super.poll();
                }

                @Override
                public void finalizeStep(long id) {
                    long start = System.nanoTime();
                    while (ids.get() > 1 && System.nanoTime() - start < 2_000_000) {
                        if (polling) {
                            throw new ConcurrentModificationException();
                        }
                    }
                    super.finalizeStep(id);
                }
            };
        }
    }

    @Breaks("shouldKeepAnInterruptInFinalize")
    static class InterruptLostInFinalize extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void finalizeStep(long id) {
                    loseInterrupt();
                    super.finalizeStep(id);
                }
            };
        }
    }

    @Breaks("shouldLetGoOfFinalizedEvents")
    static class KeepsEvents extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final List<StepEvent> history = new ArrayList<>();

                @Override
                public StepEvent poll() {
                    StepEvent event = super.poll();
                    if (event != null) {
                        history.add(event);
                    }
                    return event;
                }
            };
        }
    }

    @Breaks("shouldLetGoOfFinalizedEvents")
    static class KeepsPayloads extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final List<byte[]> history = new ArrayList<>();

                @Override
                public StepEvent poll() {
                    StepEvent event = super.poll();
                    if (event != null) {
                        history.add(event.payload());
                    }
                    return event;
                }
            };
        }
    }

    // Teardown.

    @Breaks("shouldTearDown")
    static class NoTeardown extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void teardown(TeardownContext context) throws Exception {
                    if (running) {
                        throw new IOException("cannot be closed");
                    }
                }
            };
        }
    }

    @Breaks("shouldTearDownTwice")
    static class TeardownTwice extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private int teardowns;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    teardowns = 0;
                    super.setup(env);
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    if (++teardowns > 1) {
                        throw new IllegalStateException("closed already");
                    }
                    super.teardown(context);
                }
            };
        }
    }

    @Breaks({"shouldTearDownWithoutSetup", "shouldTearDownAfterASetupThatFailed"})
    static class TeardownWithoutSetup extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private Path storage;

                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    storage = env.storageRoot();
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    Files.deleteIfExists(storage.resolve("state"));
                    super.teardown(context);
                }
            };
        }
    }

    @Breaks("shouldTearDownPastItsDeadline")
    static class WaitsForEver extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void teardown(TeardownContext context) throws Exception {
                    super.teardown(context);
                    Thread worker = new Thread(
                            () -> LockSupport.parkNanos(context.remaining().isZero() ? Long.MAX_VALUE : 1));
                    worker.setDaemon(true);
                    worker.start();
                    worker.join(context.remaining().toMillis()); // 0 waits for ever.
                }
            };
        }
    }

    @Breaks("shouldKeepAnInterruptInTeardown")
    static class InterruptLostInTeardown extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void teardown(TeardownContext context) throws Exception {
                    loseInterrupt();
                    super.teardown(context);
                }
            };
        }
    }

    @Breaks("shouldTearDownOnAnyThread")
    static class UnlocksOnTeardown extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final ReentrantLock lock = new ReentrantLock();

                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    lock.lock();
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    if (lock.isLocked()) {
                        lock.unlock();
                    }
                    super.teardown(context);
                }
            };
        }
    }

    @Breaks("shouldTearDownWithEventsOpen")
    static class EventsOpen extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void teardown(TeardownContext context) throws Exception {
                    boolean isOpen = !open.isEmpty();
                    super.teardown(context);
                    if (isOpen) {
                        throw new IllegalStateException("events are open");
                    }
                }
            };
        }
    }

    @Breaks("shouldIgnoreAFinalizeAfterTeardown")
    static class FinalizedAfterTeardown extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void finalizeStep(long id) {
                    if (!running) {
                        throw new IllegalStateException("torn down");
                    }
                    super.finalizeStep(id);
                }
            };
        }
    }

    @Breaks("shouldReleaseWhatTheNextInstanceNeeds")
    static class KeepsItsPort extends SoundContract {

        /** Starts at zero for each check, since JUnit creates a new test instance for each. */
        private final AtomicInteger taken = new AtomicInteger();

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    if (taken.getAndIncrement() > 0) {
                        throw new BindException("Address already in use");
                    }
                    super.setup(env);
                }
            };
        }
    }

    // What is left behind.

    @Breaks({"shouldLeaveNoThread", "shouldLeaveNoClassLoader"})
    static class LeaksThread extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    Thread worker = new Thread(
                            () -> {
                                while (true) {
                                    LockSupport.park(this);
                                }
                            },
                            "sound-worker");
                    worker.setDaemon(true);
                    worker.start();
                }
            };
        }
    }

    /** What the platform keeps. */
    public interface CountMBean {

        int getCount();
    }

    /** Counts. */
    public static final class Count implements CountMBean {
        @Override
        public int getCount() {
            return 1;
        }
    }

    @Breaks("shouldLeaveNoClassLoader")
    static class LeaksMBean extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    ObjectName name = new ObjectName("sound:id=" + UUID.randomUUID());
                    ManagementFactory.getPlatformMBeanServer().registerMBean(new Count(), name);
                }
            };
        }
    }

    @Breaks({"shouldLeaveNoShutdownHook", "shouldLeaveNoClassLoader"})
    static class LeaksShutdownHook extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    Runtime.getRuntime().addShutdownHook(new Thread(open::clear));
                }
            };
        }
    }

    @Breaks("shouldLeaveNoHandle")
    static class LeaksFile extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private static final Map<Path, InputStream> FILES = new HashMap<>();

                @Override
                protected void store(SetupEnv env) throws IOException {
                    super.store(env);
                    Path state = env.storageRoot().resolve("state");
                    FILES.put(state, new FileInputStream(state.toFile()));
                }
            };
        }
    }

    @Breaks("shouldLeaveTheContextClassLoader")
    static class ContextClassLoader extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    Thread.currentThread().setContextClassLoader(null);
                    return super.poll();
                }
            };
        }
    }

    @Breaks("shouldLeaveTheCallingThread")
    static class RenamesThread extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    Thread.currentThread().setName("sound-poller");
                    return super.poll();
                }
            };
        }
    }

    @Breaks("shouldLeaveNoInterrupt")
    static class Interrupts extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    Thread.currentThread().interrupt();
                    return super.poll();
                }
            };
        }
    }

    @Breaks({"shouldLeaveTheUncaughtExceptionHandler", "shouldLeaveNoClassLoader"})
    static class DefaultHandler extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> running = false);
                }
            };
        }
    }

    @Breaks("shouldLeaveTheSystemProperties")
    static class SystemProperty extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    System.setProperty("sound.instance", String.valueOf(System.identityHashCode(this)));
                }
            };
        }
    }

    @Breaks("shouldLeaveLocaleAndTimeZone")
    static class DefaultLocale extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    Locale.setDefault(Locale.KOREA);
                }
            };
        }
    }

    @Breaks("shouldNotPrint")
    static class Prints extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    super.setup(env);
                    System.out.println("sound is up");
                }
            };
        }
    }

    // Faults that only a call after others shows.

    @Breaks("shouldDeliverWhatIsProvoked")
    static class PanicsAtEachEvent extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    if (super.poll() != null) {
                        throw new NullPointerException("decode");
                    }
                    return null;
                }
            };
        }
    }

    @Breaks("shouldDeliverWhatIsProvoked")
    static class LosesEverySecondEvent extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final AtomicInteger happened = new AtomicInteger();

                @Override
                public void happen() {
                    if (happened.getAndIncrement() % 2 == 0) {
                        super.happen();
                    }
                }
            };
        }
    }

    @Breaks("shouldTearDown")
    static class NoTeardownAfterAnEvent extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private volatile boolean finalized;

                @Override
                public void finalizeStep(long id) {
                    finalized |= open.containsKey(id);
                    super.finalizeStep(id);
                }

                @Override
                public void teardown(TeardownContext context) throws Exception {
                    super.teardown(context);
                    if (finalized) {
                        throw new IllegalStateException("closed");
                    }
                }
            };
        }
    }

    @Breaks("shouldSetUpAgainAfterTeardown")
    static class DeafAfterTeardown extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private final AtomicInteger lives = new AtomicInteger();

                @Override
                public void setup(SetupEnv env) throws Exception {
                    lives.incrementAndGet();
                    super.setup(env);
                }

                @Override
                public StepEvent poll() {
                    return lives.get() == 1 ? super.poll() : null;
                }
            };
        }
    }

    @Breaks("shouldPollAgainAfterAnInterrupt")
    static class DeafAfterAnInterrupt extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private volatile boolean interrupted;

                @Override
                public StepEvent poll() {
                    interrupted |= Thread.currentThread().isInterrupted();
                    return interrupted ? null : super.poll();
                }
            };
        }
    }

    @Breaks("shouldPollOnAnyThread")
    static class DeafOnOtherThreads extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private volatile Thread own = Thread.currentThread();

                @Override
                public void setup(SetupEnv env) throws Exception {
                    own = Thread.currentThread();
                    super.setup(env);
                }

                @Override
                public StepEvent poll() {
                    return own == Thread.currentThread() ? super.poll() : null;
                }
            };
        }
    }

    @Breaks("shouldRunBesideAnotherInstance")
    static class StaticQueue extends SoundContract {

        private static final BlockingQueue<StepEvent> QUEUE = new ArrayBlockingQueue<>(1_000);

        @Override
        public ExtensionCapability newExtension() {
            return new Sound(QUEUE);
        }
    }

    @Breaks("shouldPollWithinItsBudget")
    static class SlowWithEvents extends SoundContract {

        @Override
        public Duration pollBudget() {
            return Duration.ofMillis(10);
        }

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public StepEvent poll() {
                    StepEvent event = super.poll();
                    if (event != null) {
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    }
                    return event;
                }
            };
        }
    }

    @Breaks("shouldPollWithinItsBudget")
    static class SlowAfterTheFirstPoll extends SoundContract {

        @Override
        public Duration pollBudget() {
            return Duration.ofMillis(10);
        }

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private boolean polled;

                @Override
                public StepEvent poll() {
                    if (polled && running) {
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    }
                    polled = true;
                    return super.poll();
                }
            };
        }
    }

    @Breaks("shouldLeaveNoInterrupt")
    static class InterruptsWhoFinalizes extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void finalizeStep(long id) {
                    if (open.containsKey(id)) {
                        Thread.currentThread().interrupt();
                    }
                    super.finalizeStep(id);
                }
            };
        }
    }

    @Breaks("shouldLeaveLocaleAndTimeZone")
    static class ChangesTheFormat extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void setup(SetupEnv env) throws Exception {
                    Locale.setDefault(Locale.Category.FORMAT, Locale.GERMANY);
                    super.setup(env);
                }
            };
        }
    }
}
