package dev.safe.test;

import static dev.safe.test.Trial.check;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks of an extension's name, and of new instances. */
final class NameChecks {

    private NameChecks() {}

    static void makesNewInstances(Trial trial) {
        ExtensionCapability one = trial.newExtension();
        ExtensionCapability other = trial.newExtension();
        check(
                one != other,
                "newExtension() returned the same instance twice",
                "Make a new one each time: a host that restarts an extension starts with a new instance");
    }

    static void isValid(Trial trial) {
        ExtensionCapability extension = trial.newExtension();
        Outcome named = name(trial, extension);
        Trial.checkReturned(named, "The name is an extension's identity: return a constant");
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
            guard.guarded(named(named.value()));
        } catch (IllegalArgumentException invalid) {
            throw new AssertionError(
                    invalid.getMessage() + ". It becomes a meter's tag, a property's key and part of a URL.", invalid);
        }
    }

    private static ExtensionCapability named(@Nullable Object name) {
        return FaultyExtension.builder(() -> (String) name).build();
    }

    static void isStable(Trial trial) {
        ExtensionCapability extension = trial.newExtension();
        Set<@Nullable Object> names = new LinkedHashSet<>();
        names.add(name(trial, extension).value());
        trial.setup(extension);
        names.add(name(trial, extension).value());
        trial.poll(extension);
        names.add(name(trial, extension).value());
        trial.teardown(extension);
        names.add(name(trial, extension).value());
        check(
                names.size() == 1,
                "name() returned " + names + " in the course of one instance's life",
                "Return the same name each time: the guard reads it only once");
    }

    static void isTheSameInEachInstance(Trial trial) {
        Object one = name(trial, trial.newExtension()).value();
        Object other = name(trial, trial.newExtension()).value();
        check(
                one == null ? other == null : one.equals(other),
                "two instances are named %s and %s".formatted(one, other),
                "Instances of one extension share a name, and with it counts, policy and quarantine: a restart would be"
                        + " a new extension otherwise");
    }

    private static Outcome name(Trial trial, ExtensionCapability extension) {
        return trial.main().call("name()", trial.patience(), extension::name);
    }
}
