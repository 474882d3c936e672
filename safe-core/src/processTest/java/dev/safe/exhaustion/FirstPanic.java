package dev.safe.exhaustion;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionPanicException;
import dev.safe.ExtensionSnapshot;
import dev.safe.GuardListener;
import dev.safe.PanicReport;
import dev.safe.PanicSnapshot;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * Lets the first panic that Safe sees happen at the end of the stack or of the heap, then lets other extensions panic
 * with room. Prints what became of the latter.
 */
public final class FirstPanic {

    private static final long LIMIT_MILLIS = 30_000;
    private static final int LEVELS = 500;
    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("storage"), Map.of());
    private static Object held;

    /** Where the first panic comes from. */
    public enum Way {
        /** The guest and the host function call each other for ever. */
        HOST_FUNCTION,
        /** The guest and a method handle call each other for ever. */
        HANDLE,
        /** The guest and {@code callPoll} call each other for ever. */
        CALL_POLL,
        /** The guest and a decorator call each other for ever. */
        GUARDED_POLL,
        /** The guest polls once in each of its frames, from the end of the stack upwards, and each poll throws. */
        EVERY_DEPTH,
        /** The extension fills the heap, and keeps what it has allocated. */
        FULL_HEAP,
        /** A host function fills the heap, and keeps what it has allocated. */
        FULL_HEAP_IN_HOST_FUNCTION;

        /** Returns whether the heap ends, rather than the stack. */
        boolean fillsTheHeap() {
            return this == FULL_HEAP || this == FULL_HEAP_IN_HOST_FUNCTION;
        }
    }

    /** An extension that does the same at each entry point. */
    private static final class Doing implements ExtensionCapability {

        /** What the extension does. */
        interface Deed {
            void act() throws Throwable;
        }

        private final String name;
        Deed deed;

        Doing(String name, Deed deed) {
            this.name = name;
            this.deed = deed;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void setup(SetupEnv env) {
            act();
        }

        @Override
        public StepEvent poll() {
            act();
            return null;
        }

        @Override
        public void finalizeStep(long id) {
            act();
        }

        @Override
        public void teardown(TeardownContext context) {
            act();
        }

        int host() {
            act();
            return 1;
        }

        private void act() {
            try {
                deed.act();
            } catch (Throwable thrown) {
                throw FirstPanic.<RuntimeException>sneaky(thrown);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private final Map<String, String> reported = new ConcurrentHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .listener(new GuardListener() {
                @Override
                public void onPanic(PanicReport report, Throwable cause) {
                    reported.putIfAbsent(
                            report.extension() + "." + report.phase().tag(), report.type());
                }
            })
            .build();

    private int levels;

    private FirstPanic() {}

    /**
     * Runs it.
     *
     * @param args {@code train} for ordinary panics only; {@code once} and a way; {@code rounds}, a way and a number of
     *     rounds, each with Safe's classes loaded again but not initialised
     */
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "train" -> System.out.println("TRAINED " + train());
            case "once" -> System.out.println("RESULT " + args[1] + " " + once(args[1], 0));
            default -> {
                Map<String, Integer> results = new TreeMap<>();
                for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                    results.merge(inALoaderOfItsOwn(args[1], i), 1, Integer::sum);
                }
                System.out.println("RESULT " + args[1] + " " + results);
            }
        }
        System.exit(0);
    }

    private static String inALoaderOfItsOwn(String way, int round) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        for (String name : classes()) {
            Class.forName(name, false, loader);
        }
        Class<?> program = loader.loadClass(FirstPanic.class.getName());
        return (String) program.getMethod("once", String.class, int.class).invoke(null, way, round);
    }

    /** Returns the names of all classes of Safe. */
    private static List<String> classes() throws Exception {
        Path location = Path.of(ExtensionGuard.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(location)) {
            return classes(location);
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + location.toUri()), Map.of())) {
            return classes(jar.getPath("/"));
        }
    }

    private static List<String> classes(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.contains("-info"))
                    .map(file -> file.substring(0, file.length() - ".class".length())
                            .replace(File.separatorChar, '.')
                            .replace('/', '.'))
                    .toList();
        }
    }

    private static String train() throws Exception {
        FirstPanic program = new FirstPanic();
        program.panicWithRoom();
        program.guard.close();
        return program.problems.toString();
    }

    /** Makes one first panic, and returns {@code ok} or what went wrong later. */
    public static String once(String way, int round) throws Exception {
        FirstPanic program = new FirstPanic();
        try {
            program.first(Way.valueOf(way), round);
            program.panicWithRoom();
            program.guard.close();
        } catch (Throwable broken) {
            program.problems.add("threw " + broken);
        }
        return program.problems.isEmpty() ? "ok" : String.join("; ", program.problems);
    }

    private void first(Way way, int round) throws Exception {
        Doing extension = new Doing("first", null);
        Doing.Deed start = way.fillsTheHeap() ? fill(way, extension) : overflow(way, extension);
        Throwable[] out = new Throwable[1];
        Thread thread = SmallStacks.platform(
                () -> {
                    try {
                        start.act();
                    } catch (Throwable thrown) {
                        out[0] = thrown;
                    }
                },
                SmallStacks.SIZE + round * 8192L);
        thread.start();
        thread.join(LIMIT_MILLIS);
        if (thread.isAlive()) {
            problems.add("hangs at " + List.of(thread.getStackTrace()));
            return;
        }
        held = null;
        if (out[0] != null && !(out[0] instanceof OutOfMemoryError)) {
            problems.add("the host saw " + out[0].getClass().getName());
        }
        checkFirst(
                way == Way.FULL_HEAP_IN_HOST_FUNCTION || way == Way.HANDLE || way == Way.HOST_FUNCTION
                        ? Phase.HOST
                        : Phase.POLL,
                extension);
    }

    /** Checks that the next crossing, with room, makes up for what could not be counted. */
    private void checkFirst(Phase phase, Doing extension) throws Exception {
        extension.deed = () -> {};
        if (phase == Phase.HOST) {
            guard.hostFunction("first", "g", IntSupplier.class, extension::host).getAsInt();
        } else {
            guard.callPoll(extension);
        }
        PhaseSnapshot first = guard.snapshot("first").orElseThrow().phase(phase);
        System.out.println("# first: " + first.panics() + " "
                + first.recentPanics().stream().map(PanicSnapshot::type).toList());
        if (first.panics() == 0) {
            problems.add("the first panic was not counted");
        }
        for (PanicSnapshot panic : first.recentPanics()) {
            if (panic.type().contains("NoClassDefFound") || panic.type().contains("Initializer")) {
                problems.add("the first panic was reported as " + panic.type());
            }
        }
    }

    private Doing.Deed overflow(Way way, Doing extension) throws Exception {
        IntSupplier function = guard.hostFunction("first", "f", IntSupplier.class, extension::host);
        MethodHandle handle = guard.hostFunction(
                "first",
                "f",
                MethodHandles.lookup()
                        .findVirtual(Doing.class, "host", MethodType.methodType(int.class))
                        .bindTo(extension));
        ExtensionCapability guarded = guard.guarded(extension);
        Doing.Deed start =
                switch (way) {
                    case HOST_FUNCTION -> function::getAsInt;
                    case HANDLE -> () -> ignore((int) handle.invokeExact());
                    case GUARDED_POLL -> guarded::poll;
                    default -> () -> guard.callPoll(extension);
                };
        extension.deed = start;
        if (way == Way.EVERY_DEPTH) {
            RuntimeException boom = new IllegalStateException("boom");
            extension.deed = () -> {
                throw boom;
            };
            return () -> {
                try {
                    descend(extension);
                } catch (StackOverflowError end) {
                    return;
                }
            };
        }
        return () -> {
            try {
                start.act();
            } catch (StackOverflowError end) {
                return;
            }
        };
    }

    private static void ignore(int value) {}

    /** Polls from the end of the stack upwards. */
    private void descend(Doing extension) {
        try {
            descend(extension);
        } catch (StackOverflowError end) {
            levels = 0;
        }
        if (levels < LEVELS) {
            levels++;
            try {
                guard.callPoll(extension);
            } catch (StackOverflowError end) {
                return; // The host's own stack has ended.
            }
        }
    }

    private Doing.Deed fill(Way way, Doing extension) {
        extension.deed = FirstPanic::fillTheHeap;
        if (way == Way.FULL_HEAP) {
            return () -> guard.callPoll(extension);
        }
        IntSupplier function = guard.hostFunction("first", "f", IntSupplier.class, extension::host);
        return function::getAsInt;
    }

    private static void fillTheHeap() {
        for (int size = 1 << 20; ; size = size == 0 ? 0 : size / 16) {
            try {
                while (true) {
                    held = new Object[] {held, new byte[size]};
                }
            } catch (OutOfMemoryError full) {
                if (size == 0) {
                    throw full;
                }
            }
        }
    }

    private void panicWithRoom() throws Exception {
        Doing poll = new Doing("poll", () -> {
            throw new IllegalStateException("boom");
        });
        expect(null, () -> guard.callPoll(poll));
        check("poll", Phase.POLL, IllegalStateException.class);

        Doing decorated = new Doing("decorated", () -> {
            throw new NoClassDefFoundError("plugin/Missing");
        });
        expect(null, () -> guard.guarded(decorated).poll());
        check("decorated", Phase.POLL, NoClassDefFoundError.class);

        Doing overflowing = new Doing("overflowing", FirstPanic::recurse);
        expect(null, () -> guard.callPoll(overflowing));
        check("overflowing", Phase.POLL, StackOverflowError.class);

        Doing host = new Doing("host", () -> {
            throw new AssertionError("boom");
        });
        expect(0, () -> guard.hostFunction("host", "f", IntSupplier.class, host::host)
                .getAsInt());
        check("host", Phase.HOST, AssertionError.class);

        Doing setup = new Doing("setup", poll.deed);
        expect(ExtensionPanicException.class, () -> {
            guard.callSetup(setup, ENV);
            return null;
        });
        check("setup", Phase.SETUP, IllegalStateException.class);

        Doing fatal = new Doing("fatal", () -> {
            throw new InternalError("boom");
        });
        expect(InternalError.class, () -> guard.callPoll(fatal));
        check("fatal", Phase.POLL, InternalError.class);

        expect(null, () -> {
            guard.recoverHost("recovered", "f", new UnsupportedOperationException("boom"));
            return null;
        });
        check("recovered", Phase.HOST, UnsupportedOperationException.class);

        Doing failing = new Doing("failing", () -> {
            throw new IOException("boom");
        });
        expect(null, () -> {
            guard.callTeardown(failing, new TeardownContext(Instant.MAX));
            return null;
        });
        if (guard.snapshot("failing").orElseThrow().phase(Phase.TEARDOWN).errors() != 1) {
            problems.add("the error of a teardown was not counted");
        }
    }

    private static void recurse() {
        recurse();
    }

    /** A call that returns a result. */
    private interface Call {
        Object call() throws Throwable;
    }

    private void expect(Object outcome, Call call) {
        Object seen;
        try {
            seen = call.call();
        } catch (Throwable thrown) {
            seen = thrown.getClass();
        }
        if (seen == null ? outcome != null : !seen.equals(outcome)) {
            problems.add("expected " + outcome + ", got " + seen);
        }
    }

    private void check(String name, Phase phase, Class<?> type) {
        PhaseSnapshot snapshot = guard.snapshot(name)
                .map((ExtensionSnapshot known) -> known.phase(phase))
                .orElseThrow();
        if (snapshot.panics() != 1) {
            problems.add(name + ": counted " + snapshot.panics());
        }
        String listed = snapshot.recentPanics().isEmpty()
                ? null
                : snapshot.recentPanics().get(0).type();
        if (!type.getName().equals(listed)) {
            problems.add(name + ": listed as " + listed);
        }
        String told = reported.get(name + "." + phase.tag());
        if (!type.getName().equals(told)) {
            problems.add(name + ": reported as " + told);
        }
    }
}
