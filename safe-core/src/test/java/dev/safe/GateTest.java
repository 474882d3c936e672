package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The word that a call reads. */
class GateTest {

    private static final int MODE = Gate.ASKING | Gate.REJECTING | Gate.COUNTED;

    private final Boundary gate = new BareBoundary(Phase.POLL, BareBoundary.throwing(Phase.POLL)).boundary;

    private int mode() {
        return gate.gate & MODE;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayWhatBecomesOfCallsAndLeaveTheOtherBitsAlone(boolean counted) {
        int others = gate.gate & ~MODE;
        gate.set(Quarantine.Mode.REJECTING, counted);
        assertThat(mode()).isEqualTo(counted ? MODE : Gate.ASKING | Gate.REJECTING);
        gate.set(Quarantine.Mode.ASKING, counted);
        assertThat(mode()).isEqualTo(Gate.ASKING);
        gate.set(Quarantine.Mode.REJECTING, counted);
        gate.set(Quarantine.Mode.PASSING, counted);
        assertThat(mode()).isZero();
        gate.set(Quarantine.Mode.ASKING, counted);
        assertThat(mode()).isEqualTo(Gate.ASKING);
        assertThat(gate.gate & ~MODE).isEqualTo(others);
    }

    @Test
    void shouldHaveRejectedCallsCountedOnlyWhileCallsAreRejected() {
        gate.countRejected();
        assertThat(mode()).isZero();
        gate.set(Quarantine.Mode.REJECTING, false);
        gate.countRejected();
        assertThat(mode()).isEqualTo(MODE);
    }

    @Test
    @SuppressWarnings("NullAway") // The missing watchdog is what fails.
    void shouldRequestAVisitAgainIfItCouldNot() {
        BareBoundary bare = new BareBoundary(Phase.POLL, BareBoundary.throwing(Phase.POLL));
        BoundaryServices unwatched = new BoundaryServices(
                bare.services.classifier(),
                bare.services.reporter(),
                bare.services.rethrown(),
                null,
                bare.services.ticker(),
                bare.services.random(),
                false);
        Boundary failing = new Boundary(bare.boundary.owner(), Phase.POLL, unwatched);
        int before = failing.gate;
        assertThatThrownBy(failing::requestVisit).isInstanceOf(NullPointerException.class);
        assertThat(failing.gate).isEqualTo(before);
        assertThatThrownBy(failing::requestVisit).isInstanceOf(NullPointerException.class);
    }
}
