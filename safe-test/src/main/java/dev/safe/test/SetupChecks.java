package dev.safe.test;

import static dev.safe.test.Trial.check;
import static dev.safe.test.Trial.checkReturned;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Checks of setup, its environment and its configuration. */
final class SetupChecks {

    private SetupChecks() {}

    static void setsUp(Trial trial) {
        ExtensionCapability extension = trial.newExtension();
        Outcome outcome = trial.trySetup(trial.main(), extension, trial.newEnv());
        checkReturned(
                outcome,
                "It has to set up where this test says, within patience(). Override setupEnv() if it needs a"
                        + " configuration");
        trial.tryTeardown(trial.main(), extension);
    }

    static void ignoresUnknownKeys(Trial trial) {
        SetupEnv env = trial.newEnv();
        Map<String, Object> config = new LinkedHashMap<>(env.config());
        config.put("no-such-key", "from a later version of the host");
        checkSetup(
                trial,
                new SetupEnv(env.cellName(), env.storageRoot(), config),
                "It does so only with the unknown key 'no-such-key' in its configuration. Ignore keys that you do not"
                        + " know: hosts hand on what they have, and configurations outlive versions");
    }

    /** Fails if a new instance does not set up here, but one does elsewhere. */
    private static void checkSetup(Trial trial, SetupEnv env, String advice) {
        Outcome outcome = trial.trySetup(trial.main(), trial.newExtension(), env);
        if (!outcome.returned()) {
            trial.needRelease();
            throw Trial.failure(outcome, advice);
        }
    }

    static void leavesItsConfiguration(Trial trial) {
        ExtensionCapability extension = trial.newExtension();
        SetupEnv env = trial.newEnv();
        Object before = copy(env.config());
        Trial.need(trial.trySetup(trial.main(), extension, env), "shouldSetUp");
        trial.teardown(extension);
        check(
                before.equals(copy(env.config())),
                "the configuration changed from %s to %s".formatted(before, env.config()),
                "Copy what you want to change: the host sets up the next instance with the same values");
    }

    /** Copies a configuration deeply, as far as it consists of maps, collections and arrays of bytes. */
    private static Object copy(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put(copy(key), copy(each)));
            return copy;
        } else if (value instanceof Iterable<?> all) {
            List<Object> copy = new ArrayList<>();
            all.forEach(each -> copy.add(copy(each)));
            return copy;
        } else if (value instanceof byte[] bytes) {
            return Arrays.toString(bytes);
        }
        return value == null ? "null" : value;
    }

    static void createsItsStorage(Trial trial) {
        checkSetup(
                trial,
                trial.contract().setupEnv(trial.newStorage()),
                "It does so only where storageRoot does not exist yet. Create it by Files.createDirectories: on the"
                        + " first start of a host nothing is there");
    }

    static void keepsToItsStorage(Trial trial) throws IOException {
        Set<Path> before = surroundings(trial);
        ExtensionCapability extension = trial.started();
        trial.provoke(extension);
        trial.step(extension);
        trial.teardown(extension);
        Set<Path> strayed = surroundings(trial);
        strayed.removeAll(before);
        strayed.removeIf(path -> path.getFileName().toString().startsWith("storage-"));
        check(
                strayed.isEmpty(),
                "files appeared outside of storageRoot: " + strayed,
                "Write below storageRoot only: it is the one directory that no other extension writes to");
    }

    /** Returns the files beside the storage and in the working directory. */
    private static Set<Path> surroundings(Trial trial) throws IOException {
        Set<Path> paths = new TreeSet<>();
        for (Path directory : List.of(trial.directory(), Path.of(""))) {
            try (Stream<Path> files = Files.list(directory.toAbsolutePath())) {
                paths.addAll(files.collect(Collectors.toSet()));
            }
        }
        return paths;
    }

    static void setsUpAgain(Trial trial) {
        trial.rehearse();
        trial.needRelease();
        ExtensionCapability extension = trial.started();
        boolean delivering = trial.delivers(extension);
        trial.teardown(extension);
        checkReturned(
                trial.trySetup(trial.main(), extension, trial.newEnv()),
                "It does so only after a teardown of the same instance. Hosts restart an extension that way: make in"
                        + " setup what teardown has released");
        String advice = "It does so only after a teardown and a second setup. Make in setup what teardown has released";
        checkReturned(trial.tryPoll(trial.main(), extension), advice);
        if (delivering) {
            trial.checkStillDelivers(trial.main(), extension, advice);
        }
        trial.teardown(extension);
    }

    static void keepsInterrupt(Trial trial) {
        trial.rehearse();
        ExtensionCapability extension = trial.newExtension();
        SetupEnv env = trial.newEnv();
        Outcome outcome = trial.main().callInterrupted("setup()", trial.patience(), () -> {
            extension.setup(env);
            return null;
        });
        trial.tryTeardown(trial.main(), extension);
        Trial.checkKeptInterrupt(outcome);
    }

    static void runsBesideAnother(Trial trial) {
        trial.rehearse();
        trial.needRelease();
        ExtensionCapability one = trial.started();
        ExtensionCapability other = trial.newExtension();
        if (one == other) {
            Assumptions.abort("Not checked, since there is only one instance: see shouldMakeANewInstanceEachTime");
        }
        checkReturned(
                trial.trySetup(trial.main(), other, trial.newEnv()),
                "It does so only beside another instance that is set up. Keep no state in static fields: a host that"
                        + " makes an extension anew has two for a while");
        String advice = "It does so only after another instance was torn down. Keep no state in static fields: tearing"
                + " down one instance must not break another";
        trial.step(other);
        boolean provoked = trial.provoke(other);
        trial.teardown(one);
        if (provoked) {
            trial.checkComes(trial.main(), other, advice);
        } else {
            Outcome polled = trial.tryPoll(trial.main(), other);
            checkReturned(polled, advice);
            trial.finalizeEvent(other, polled);
        }
        checkReturned(trial.tryTeardown(trial.main(), other), advice);
    }
}
