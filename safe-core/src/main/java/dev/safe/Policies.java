package dev.safe;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The policies of a guard: one for each phase, and one for each phase of an extension that has its own. Immutable.
 *
 * @since 0.1
 */
public final class Policies {

    private final Map<Phase, PhasePolicy> byPhase;
    private final Map<String, Map<Phase, PhasePolicy>> byExtension;

    private Policies(Builder builder) {
        byPhase = new EnumMap<>(builder.byPhase);
        byExtension = new HashMap<>();
        builder.byExtension.forEach((extension, phases) -> byExtension.put(extension, new EnumMap<>(phases)));
    }

    /**
     * Starts with the built-in policy of every phase.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the policy that applies to a phase of an extension: its own, else that of the phase, else the built-in one.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @return the policy
     */
    public PhasePolicy policy(String extension, Phase phase) {
        PhasePolicy own = byExtension.getOrDefault(extension, Map.of()).get(phase);
        if (own != null) {
            return own;
        }
        PhasePolicy general = byPhase.get(phase);
        return general != null ? general : PhasePolicy.builtIn(phase);
    }

    /**
     * Starts from these policies.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.byPhase.putAll(byPhase);
        byExtension.forEach((extension, phases) -> builder.byExtension.put(extension, new EnumMap<>(phases)));
        return builder;
    }

    /** Builds {@link Policies}. Not thread-safe. */
    public static final class Builder {

        private final Map<Phase, PhasePolicy> byPhase = new EnumMap<>(Phase.class);
        private final Map<String, Map<Phase, PhasePolicy>> byExtension = new HashMap<>();

        private Builder() {}

        /**
         * Sets the policy of a phase, for every extension without a policy of its own.
         *
         * @param phase the entry point
         * @param policy its policy
         * @return this builder
         * @throws InvalidPolicyException if the policy has a setting that the phase cannot honour
         */
        public Builder policy(Phase phase, PhasePolicy policy) {
            byPhase.put(phase, policy.checkedFor(phase));
            return this;
        }

        /**
         * Sets the policy of a phase of one extension. It replaces the phase's policy as a whole: start from that one with
         * {@link PhasePolicy#toBuilder()} to change single settings.
         *
         * @param extension the extension's name
         * @param phase the entry point
         * @param policy its policy
         * @return this builder
         * @throws InvalidPolicyException if the policy has a setting that the phase cannot honour
         * @throws IllegalArgumentException if the name is not a valid name of an extension
         */
        public Builder policy(String extension, Phase phase, PhasePolicy policy) {
            Objects.requireNonNull(extension, "'extension' must not be null");
            byExtension
                    .computeIfAbsent(ExtensionName.checked(extension), name -> new EnumMap<>(Phase.class))
                    .put(phase, policy.checkedFor(phase));
            return this;
        }

        /**
         * Builds the policies.
         *
         * @return the policies
         */
        public Policies build() {
            return new Policies(this);
        }
    }
}
