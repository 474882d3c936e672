package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoliciesTest {

    private static PhasePolicy bursting(Phase phase, int burst) {
        return PhasePolicy.builder(phase)
                .log(new LogPolicy(burst, LogPolicy.DEFAULT.interval(), StackTraceLogging.ALWAYS))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheBuiltInPolicyOfEachPhase(Phase phase) {
        PhasePolicy policy = Policies.builder().build().policy("a", phase);
        assertThat(policy).isEqualTo(PhasePolicy.builtIn(phase));
        assertThat(policy.onPanic()).isEqualTo(phase == Phase.SETUP ? OnPanic.THROW : OnPanic.SUPPRESS);
        assertThat(policy.quarantine().enabled()).isEqualTo(phase == Phase.POLL);
    }

    @Test
    void shouldPreferAnExtensionsOwnPolicyToThatOfThePhase() {
        Policies policies = Policies.builder()
                .policy(Phase.POLL, bursting(Phase.POLL, 1))
                .policy("a", Phase.POLL, bursting(Phase.POLL, 2))
                .build();
        assertThat(policies.policy("a", Phase.POLL).log().burst()).isEqualTo(2);
        assertThat(policies.policy("b", Phase.POLL).log().burst()).isEqualTo(1);
        assertThat(policies.policy("a", Phase.HOST)).isEqualTo(PhasePolicy.builtIn(Phase.HOST));
    }

    @Test
    void shouldReplaceThePolicyThatWasSetBefore() {
        Policies policies = Policies.builder()
                .policy("a", Phase.POLL, bursting(Phase.POLL, 1))
                .policy("a", Phase.HOST, bursting(Phase.HOST, 2))
                .policy("a", Phase.POLL, bursting(Phase.POLL, 3))
                .build();
        assertThat(policies.policy("a", Phase.POLL).log().burst()).isEqualTo(3);
        assertThat(policies.policy("a", Phase.HOST).log().burst()).isEqualTo(2);
    }

    @Test
    void shouldNotChangeWithTheBuilderItCameFromOrWasCopiedTo() {
        Policies.Builder builder = Policies.builder()
                .policy(Phase.POLL, bursting(Phase.POLL, 1))
                .policy("a", Phase.POLL, bursting(Phase.POLL, 2))
                .policy("a", Phase.FINALIZE, bursting(Phase.FINALIZE, 3));
        Policies policies = builder.build();
        builder.policy(Phase.POLL, bursting(Phase.POLL, 8)).policy("a", Phase.POLL, bursting(Phase.POLL, 9));
        Policies copy = policies.toBuilder()
                .policy("a", Phase.HOST, bursting(Phase.HOST, 7))
                .policy("a", Phase.POLL, bursting(Phase.POLL, 6))
                .build();
        assertThat(policies.policy("b", Phase.POLL).log().burst()).isEqualTo(1);
        assertThat(policies.policy("a", Phase.POLL).log().burst()).isEqualTo(2);
        assertThat(policies.policy("a", Phase.HOST)).isEqualTo(PhasePolicy.builtIn(Phase.HOST));
        assertThat(copy.policy("b", Phase.POLL).log().burst()).isEqualTo(1);
        assertThat(copy.policy("a", Phase.POLL).log().burst()).isEqualTo(6);
        assertThat(copy.policy("a", Phase.FINALIZE).log().burst()).isEqualTo(3);
        assertThat(copy.policy("a", Phase.HOST).log().burst()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(names = {"SETUP", "TEARDOWN"})
    void shouldRefuseToQuarantineWhatIsNeverRejected(Phase phase) {
        PhasePolicy policy = PhasePolicy.builder(Phase.POLL).build();
        String message = "'enabled' must be false for setup and teardown, which are never rejected, got true";
        assertThatThrownBy(() -> Policies.builder().policy(phase, policy))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Policies.builder().policy("a", phase, policy)).hasMessage(message);
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE", "HOST"})
    void shouldRefuseErrorsWhereNoneAreReturned(Phase phase) {
        PhasePolicy policy =
                PhasePolicy.builder(phase).errors(Set.of(AssertionError.class)).build();
        String message = "'errors' must be empty but for setup and teardown, which alone return errors,"
                + " got [class java.lang.AssertionError]";
        assertThatThrownBy(() -> Policies.builder().policy(phase, policy))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Policies.builder().policy("a", phase, policy)).hasMessage(message);
    }

    @Test
    void shouldRefuseANameThatNoExtensionCanHave() {
        PhasePolicy policy = PhasePolicy.builtIn(Phase.POLL);
        assertThatThrownBy(() -> Policies.builder().policy("no name", Phase.POLL, policy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got \"no name\"");
        assertThatThrownBy(() -> Policies.builder().policy(null, Phase.POLL, policy))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("'extension' must not be null");
    }
}
