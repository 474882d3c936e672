package dev.safe.test;

import static dev.safe.test.GuardAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
@ExtendWith(GuardExtension.class)
class FaultsTest {

    private static FaultyExtension faulty(Phase phase, Fault fault) {
        return FaultyExtension.builder("network.udp")
                .events("udp.packet")
                .inject(phase, fault, Schedule.times(1))
                .build();
    }

    @ParameterizedTest
    @MethodSource("dev.safe.test.Faults#panics")
    void shouldBeAPanicThatAGuardContains(Fault fault, ExtensionGuard guard) {
        try (FaultyExtension faulty = faulty(Phase.POLL, fault)) {
            assertThat(guard.callPoll(faulty)).isNull();
            assertThat(guard.callPoll(faulty)).isNotNull();
            assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 1).isRunning();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.safe.test.Faults#fatal")
    void shouldBeFatal(Fault fault, ExtensionGuard guard) {
        try (FaultyExtension faulty = faulty(Phase.POLL, fault)) {
            assertThat(catchThrowable(() -> guard.callPoll(faulty))).isInstanceOf(VirtualMachineError.class);
            assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 1);
        }
    }

    @Test
    void shouldThrowWhatTheirNamesSay(ExtensionGuard guard) {
        assertThat(guard.callPoll(faulty(Phase.POLL, Faults.runtimeException())))
                .isNull();
        assertThat(guard).extension("network.udp").hasPanicOf(Phase.POLL, IllegalStateException.class, "faulty");
        assertThat(guard.callPoll(faulty(Phase.POLL, Faults.stackOverflow()))).isNull();
        assertThat(guard).extension("network.udp").hasPanicOf(Phase.POLL, StackOverflowError.class);
        Throwable error = catchThrowable(() -> guard.callSetup(
                faulty(Phase.SETUP, Faults.checkedException()), new SetupEnv("cell", Path.of("."), Map.of())));
        assertThat(error).hasToString("java.io.IOException: faulty");
        assertThat(guard.callPoll(faulty(Phase.POLL, Faults.interruptedException())))
                .isNull();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 3).hasErrors(Phase.SETUP, 1);
    }

    @Test
    void shouldEachHaveANameOfItsOwn() {
        List<String> names = Faults.panics().stream().map(Fault::name).toList();
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(60);
    }

    @Test
    void shouldRefuseANegativeLimitForTheHeap() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.fullHeap(-1))
                .withMessage("'atMost' must not be negative, got -1");
    }
}
