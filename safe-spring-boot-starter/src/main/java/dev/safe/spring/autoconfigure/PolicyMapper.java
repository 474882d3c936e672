package dev.safe.spring.autoconfigure;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.InvalidPolicyException;
import dev.safe.LogPolicy;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import dev.safe.QuarantinePolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Maps properties to policies. Each setting comes from the extension's phase, else from the phase, else from what is
 * built in.
 */
final class PolicyMapper {

    /** Settings of the quarantine that depend on the phase, and are checked with the phase's policy as a whole. */
    private static final Set<String> QUARANTINE_ONLY = Set.of("enabled", "hold");

    private PolicyMapper() {}

    static Policies policies(SafeProperties properties) {
        Policies.Builder policies = Policies.builder();
        for (Phase phase : Phase.values()) {
            String key = "safe.phases." + phase.tag();
            PhasePolicy general =
                    merge(key, PhasePolicy.builtIn(phase), properties.phases().of(phase));
            checked(key, () -> policies.policy(phase, general));
            properties.extensions().forEach((extension, own) -> {
                String ownKey = "safe.extensions[" + extension + "].phases." + phase.tag();
                PhasePolicy merged = merge(ownKey, general, own.phases().of(phase));
                checked(ownKey, () -> policies.policy(extension, phase, merged));
            });
        }
        return policies.build();
    }

    static void passThrough(ExtensionGuard.Builder guard, SafeProperties properties) {
        checked("safe", () -> guard.passThrough(properties.passThrough().toArray(new Class<?>[0])));
    }

    private static PhasePolicy merge(String key, PhasePolicy base, SafeProperties.Phase given) {
        PhasePolicy.Builder merged = base.toBuilder();
        if (given.onPanic() != null) {
            merged.onPanic(given.onPanic());
        }
        if (given.errors() != null) {
            merged.errors(throwables(key + ".errors", given.errors()));
        }
        return merged.log(checked(key + ".log", () -> merge(base.log(), given.log())))
                .quarantine(checked(key + ".quarantine", () -> merge(base.quarantine(), given.quarantine())))
                .budget(checked(key + ".budget", () -> merge(base.budget(), given.budget())))
                .build();
    }

    private static LogPolicy merge(LogPolicy base, SafeProperties.Log given) {
        return new LogPolicy(
                orInherited(given.burst(), base.burst()),
                orInherited(given.interval(), base.interval()),
                orInherited(given.stackTrace(), base.stackTrace()));
    }

    private static QuarantinePolicy merge(QuarantinePolicy base, SafeProperties.Quarantine given) {
        return QuarantinePolicy.builder()
                .enabled(orInherited(given.enabled(), base.enabled()))
                .threshold(orInherited(given.threshold(), base.threshold()))
                .window(orInherited(given.window(), base.window()))
                .initialBackoff(orInherited(given.initialBackoff(), base.initialBackoff()))
                .maxBackoff(orInherited(given.maxBackoff(), base.maxBackoff()))
                .multiplier(orInherited(given.multiplier(), base.multiplier()))
                .jitter(orInherited(given.jitter(), base.jitter()))
                .maxTrips(orInherited(given.maxTrips(), base.maxTrips()))
                .overruns(orInherited(given.overruns(), base.overruns()))
                .hold(given.hold() == null ? base.hold() : orNone(given.hold()))
                .build();
    }

    private static BudgetPolicy merge(BudgetPolicy base, SafeProperties.Budget given) {
        return new BudgetPolicy(
                orInherited(given.limit(), base.limit()), orInherited(given.onOverrun(), base.onOverrun()));
    }

    private static <T> T orInherited(@Nullable T given, T inherited) {
        return given != null ? given : inherited;
    }

    /** Reads a key without a value as none, so that an extension can be without what its phase has. */
    private static @Nullable String orNone(String given) {
        return given.isBlank() ? null : given;
    }

    private static Set<Class<? extends Throwable>> throwables(String key, List<Class<?>> types) {
        Set<Class<? extends Throwable>> throwables = new LinkedHashSet<>();
        for (Class<?> type : types) {
            if (!Throwable.class.isAssignableFrom(type)) {
                throw new InvalidSafePropertyException(key, type.getName(), "must name types of Throwable");
            }
            throwables.add(type.asSubclass(Throwable.class));
        }
        return throwables;
    }

    private static <T> T checked(String key, Supplier<T> creation) {
        try {
            return creation.get();
        } catch (InvalidPolicyException invalid) {
            String field = kebab(invalid.setting());
            String full = QUARANTINE_ONLY.contains(field) && !key.endsWith(".quarantine")
                    ? key + ".quarantine." + field
                    : key + "." + field;
            throw new InvalidSafePropertyException(full, invalid.value(), invalid.rule());
        } catch (IllegalArgumentException invalidName) {
            throw new InvalidSafePropertyException(
                    key.substring(0, key.indexOf('[')),
                    String.valueOf(invalidName.getMessage()),
                    "must name extensions");
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
