package dev.safe.spring.autoconfigure;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.InvalidPolicyException;
import dev.safe.LogPolicy;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import dev.safe.QuarantinePolicy;
import dev.safe.spring.BlankText;
import dev.safe.spring.DurationText;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Maps properties to policies. Each setting comes from the extension's phase, else from the phase, else from what is
 * built in. A broken rule is blamed on a property of the level that broke it, since the levels above were checked
 * before.
 */
final class PolicyMapper {

    /** Settings of the quarantine that depend on the phase, and are checked with the phase's policy as a whole. */
    private static final Set<String> QUARANTINE_ONLY = Set.of("enabled", "hold");

    /** What YAML makes of switches, such as {@code off}, and the other words that Boot reads as booleans. */
    private static final Set<String> SWITCHES = Set.of("true", "false", "on", "off", "yes", "no", "1", "0");

    private static final Pattern QUOTED_SETTING = Pattern.compile("'([a-z]+[A-Z][A-Za-z]*)'");

    private PolicyMapper() {}

    /** @throws InvalidSafePropertyException if a setting breaks a rule */
    static Policies policies(SafeProperties properties) {
        Policies.Builder policies = Policies.builder();
        for (Phase phase : Phase.values()) {
            SafeProperties.Phase general = properties.phases().of(phase);
            Level level = new Level("safe.phases." + phase.tag(), general, null);
            PhasePolicy policy = level.merge(PhasePolicy.builtIn(phase));
            checked(level.key, () -> policies.policy(phase, policy));
            properties.extensions().forEach((extension, own) -> {
                String key = "safe.extensions[" + extension + "].phases." + phase.tag();
                Level ownLevel = new Level(key, own.phases().of(phase), level);
                PhasePolicy merged = ownLevel.merge(policy);
                checked(key, () -> policies.policy(extension, phase, merged));
            });
        }
        return policies.build();
    }

    static void passThrough(ExtensionGuard.Builder guard, SafeProperties properties) {
        List<Class<?>> types = named("safe.pass-through", properties.passThrough());
        checked("safe", () -> guard.passThrough(types.toArray(new Class<?>[0])));
    }

    /** The settings for a phase, of one extension or of all. */
    private record Level(
            String key,
            SafeProperties.Phase given,
            @Nullable Level above) {

        PhasePolicy merge(PhasePolicy base) {
            PhasePolicy.Builder merged = base.toBuilder();
            if (given.onPanic() != null) {
                merged.onPanic(given.onPanic());
            }
            if (given.errors() != null) {
                merged.errors(throwables(key + ".errors", given.errors()));
            }
            checkBackoffs(base.quarantine());
            checkBudget(base.budget());
            return merged.log(checked(key + ".log", () -> log(base.log(), given.log())))
                    .quarantine(
                            checked(key + ".quarantine", () -> quarantine(key, base.quarantine(), given.quarantine())))
                    .budget(checked(key + ".budget", () -> budget(base.budget(), given.budget())))
                    .build();
        }

        /** Blames the backoff that is set here, and names where the other one comes from. */
        private void checkBackoffs(QuarantinePolicy base) {
            Duration initial = orInherited(given.quarantine().initialBackoff(), base.initialBackoff());
            Duration max = orInherited(given.quarantine().maxBackoff(), base.maxBackoff());
            if (initial.compareTo(max) <= 0) {
                return;
            }
            if (given.quarantine().maxBackoff() != null) {
                throw InvalidSafePropertyException.ofValue(
                        key + ".quarantine.max-backoff",
                        DurationText.of(max),
                        "must be at least 'initial-backoff' (" + DurationText.of(initial)
                                + source(
                                        ".quarantine.initial-backoff",
                                        level -> level.given.quarantine().initialBackoff())
                                + ")");
            }
            throw InvalidSafePropertyException.ofValue(
                    key + ".quarantine.initial-backoff",
                    DurationText.of(initial),
                    "must be at most 'max-backoff' (" + DurationText.of(max)
                            + source(
                                    ".quarantine.max-backoff",
                                    level -> level.given.quarantine().maxBackoff())
                            + ")");
        }

        /** Blames the limit if that is set here and the reaction to an overrun is inherited. */
        private void checkBudget(BudgetPolicy base) {
            Duration limit = given.budget().limit();
            if (limit != null
                    && limit.isZero()
                    && given.budget().onOverrun() == null
                    && base.onOverrun() == OnOverrun.INTERRUPT) {
                throw InvalidSafePropertyException.ofValue(
                        key + ".budget.limit",
                        DurationText.of(limit),
                        "must be more than 0 where 'on-overrun' is interrupt"
                                + source(
                                        ".budget.on-overrun",
                                        level -> level.given.budget().onOverrun()));
            }
        }

        /** Returns where an inherited setting comes from, or an empty text for one that is set here. */
        private String source(String setting, Function<Level, @Nullable Object> reader) {
            if (reader.apply(this) != null) {
                return "";
            }
            return above != null && reader.apply(above) != null ? ", by '" + above.key + setting + "'" : ", built in";
        }
    }

    private static LogPolicy log(LogPolicy base, SafeProperties.Log given) {
        return new LogPolicy(
                orInherited(given.burst(), base.burst()),
                orInherited(given.interval(), base.interval()),
                orInherited(given.stackTrace(), base.stackTrace()));
    }

    private static QuarantinePolicy quarantine(String key, QuarantinePolicy base, SafeProperties.Quarantine given) {
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
                .hold(given.hold() == null ? base.hold() : hold(key, given.hold()))
                .build();
    }

    private static BudgetPolicy budget(BudgetPolicy base, SafeProperties.Budget given) {
        return new BudgetPolicy(
                orInherited(given.limit(), base.limit()), orInherited(given.onOverrun(), base.onOverrun()));
    }

    private static <T> T orInherited(@Nullable T given, T inherited) {
        return given != null ? given : inherited;
    }

    /**
     * Reads a key without a value as null, so that an extension can drop a setting of its phase. Refuses what was meant as a
     * switch, since the reason "false" would hold the extension.
     */
    private static @Nullable String hold(String key, String given) {
        if (SWITCHES.contains(given.strip().toLowerCase(Locale.ROOT))) {
            throw InvalidSafePropertyException.ofValue(
                    key + ".quarantine.hold", given, "must say why, or be empty to hold nothing");
        }
        return BlankText.isBlank(given) ? null : given;
    }

    /** Returns the types, none of which is null: that is what a blank is converted to. */
    private static List<Class<?>> named(String key, List<Class<?>> types) {
        if (types.stream().anyMatch(Objects::isNull)) {
            throw InvalidSafePropertyException.ofValue(key, "", SettingRules.NO_BLANKS);
        }
        return types;
    }

    private static Set<Class<? extends Throwable>> throwables(String key, List<Class<?>> types) {
        Set<Class<? extends Throwable>> throwables = new LinkedHashSet<>();
        for (Class<?> type : named(key, types)) {
            if (!Throwable.class.isAssignableFrom(type)) {
                throw InvalidSafePropertyException.ofValue(key, type.getName(), "must name types of Throwable");
            }
            throwables.add(type.asSubclass(Throwable.class));
        }
        return throwables;
    }

    static <T> T checked(String key, Supplier<T> creation) {
        try {
            return creation.get();
        } catch (InvalidPolicyException invalid) {
            String field = DataObjectPropertyName.toDashedForm(invalid.setting());
            String full = QUARANTINE_ONLY.contains(field) && !key.endsWith(".quarantine")
                    ? key + ".quarantine." + field
                    : key + "." + field;
            throw InvalidSafePropertyException.ofValue(full, invalid.value(), dashed(invalid.rule()));
        }
    }

    /** Spells the settings in a rule as they are written in a file. */
    private static String dashed(String rule) {
        return QUOTED_SETTING
                .matcher(rule)
                .replaceAll(setting -> "'" + DataObjectPropertyName.toDashedForm(setting.group(1)) + "'");
    }
}
