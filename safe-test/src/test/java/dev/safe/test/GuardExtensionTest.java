package dev.safe.test;

import static dev.safe.test.GuardAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.OnPanic;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult.Status;

class GuardExtensionTest {

    private static void panic(ExtensionGuard guard, Phase phase, int times) {
        FaultyExtension udp = FaultyExtension.builder("network.udp")
                .inject(phase, Faults.runtimeException())
                .build();
        for (int i = 0; i < times; i++) {
            if (phase == Phase.POLL) {
                guard.callPoll(udp);
            } else {
                guard.callFinalize(udp, 1);
            }
        }
    }

    @ExtendWith(GuardExtension.class)
    static class Panics {

        @Test
        void fineWithoutPanics(ExtensionGuard guard) {
            guard.callPoll(FaultyExtension.builder("network.udp").build());
        }

        @Test
        void fineWithoutAGuard() {}

        @Test
        void fineWhenAsserted(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 2);
            assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 2);
        }

        @Test
        void fineWhenAssertedByType(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 2);
            assertThat(guard).extension("network.udp").hasPanicOf(Phase.POLL, IllegalStateException.class);
        }

        @Test
        @ExpectPanics
        void fineWhenExpected(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 1);
        }

        @Test
        @ExpectPanics(value = "network.udp", phases = Phase.POLL)
        void fineWhenExpectedInThatPhase(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 1);
        }

        @Test
        void badWhenUnexpected(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 1);
        }

        @Test
        void badWhenMorePanicsThanAsserted(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 2);
            assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 2);
            panic(guard, Phase.POLL, 1);
        }

        @Test
        @ExpectPanics(phases = Phase.POLL)
        void badWhenInAnotherPhase(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 1);
            panic(guard, Phase.FINALIZE, 1);
        }

        @Test
        @ExpectPanics("network.tcp")
        void badWhenOfAnotherExtension(ExtensionGuard guard) {
            panic(guard, Phase.POLL, 1);
        }

        @Test
        @ExpectPanics
        void badWhenExpectedInVain(ExtensionGuard guard) {
            guard.callPoll(FaultyExtension.builder("network.udp").build());
        }

        @Test
        @ExpectPanics(value = "network.udp", phases = Phase.POLL)
        void badWhenExpectedWithoutAGuard() {}
    }

    @Test
    void shouldFailTestsWithPanicsThatTheyDoNotExpect() {
        Launched launched = Launched.run(Panics.class);
        assertThat(launched.named(Status.SUCCESSFUL))
                .allMatch(name -> name.startsWith("fine"))
                .hasSize(6);
        assertThat(launched.named(Status.FAILED))
                .allMatch(name -> name.startsWith("bad"))
                .hasSize(6);
        assertThat(launched.message("badWhenUnexpected"))
                .startsWith("Extensions panicked and the test did not expect it. If it should, assert it by"
                        + " GuardAssertions or say so by @ExpectPanics.%n  network.udp is RUNNING%n    poll: panics 1,"
                                .formatted());
        assertThat(launched.message("badWhenInAnotherPhase")).contains("finalize: panics 1");
        assertThat(launched.message("badWhenExpectedInVain"))
                .contains(
                        "@ExpectPanics expects at least one panic of any extension, and there was no such panic.%n  network.udp is RUNNING"
                                .formatted());
        assertThat(launched.message("badWhenExpectedWithoutAGuard"))
                .contains(
                        "@ExpectPanics expects at least one panic of network.udp in poll, and the test takes no guard.");
    }

    private static final List<Object> SEEN = new ArrayList<>();

    static class OfItsOwn {

        @RegisterExtension
        final GuardExtension guards = GuardExtension.configuredBy(guard -> guard.policy(
                Phase.POLL,
                PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build()));

        @BeforeEach
        void before(ExtensionGuard guard, ManualTicker ticker) {
            SEEN.add(guard);
            SEEN.add(ticker);
        }

        @Test
        void one(ExtensionGuard guard, ManualTicker ticker) {
            SEEN.add(guard);
            SEEN.add(ticker);
            SEEN.add(guard.policy("network.udp", Phase.POLL).onPanic());
        }

        @AfterEach
        void after(ExtensionGuard guard) {
            SEEN.add(guard);
        }
    }

    @Test
    void shouldGiveEachTestAConfiguredGuardAndItsTicker() {
        SEEN.clear();
        assertThat(Launched.run(OfItsOwn.class).named(Status.SUCCESSFUL)).containsExactly("one");
        Launched.run(OfItsOwn.class);
        assertThat(SEEN).hasSize(12);
        assertThat(SEEN.subList(2, 4)).isEqualTo(SEEN.subList(0, 2));
        assertThat(SEEN.get(4)).isEqualTo(OnPanic.THROW);
        assertThat(SEEN.get(5)).isSameAs(SEEN.get(0));
        assertThat(SEEN.get(6)).isNotSameAs(SEEN.get(0));
    }

    @ExtendWith(GuardExtension.class)
    static class InAConstructor {

        InAConstructor(ExtensionGuard guard) {}

        @Test
        void never() {}
    }

    @Test
    void shouldRefuseAGuardThatWouldOutliveItsTest() {
        assertThat(Launched.run(InAConstructor.class).message("never"))
                .contains("a guard lives as long as one test: take it in the test method, @BeforeEach or @AfterEach,"
                        + " not in ");
    }
}
