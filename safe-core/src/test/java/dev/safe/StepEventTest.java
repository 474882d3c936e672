package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StepEventTest {

    private static final StepEvent EVENT = event("udp.packet", 7, "echo", 1, 2);

    private static StepEvent event(String kind, long id, String cellId, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return new StepEvent(kind, bytes, id, cellId);
    }

    static Stream<Object> others() {
        return Stream.of(
                event("tcp.packet", 7, "echo", 1, 2),
                event("udp.packet", 8, "echo", 1, 2),
                event("udp.packet", 7, null, 1, 2),
                event("udp.packet", 7, "echo", 1, 3),
                event("udp.packet", 7, "echo", 1),
                "udp.packet");
    }

    @Test
    void shouldBeEqualIfTheBytesOfThePayloadAre() {
        StepEvent same = event("udp.packet", 7, "echo", 1, 2);
        assertThat(same).isEqualTo(EVENT).hasSameHashCodeAs(EVENT);
        assertThat(event("tick", 1, null)).isEqualTo(event("tick", 1, null));
    }

    @ParameterizedTest
    @MethodSource("others")
    void shouldDifferInKindIdCellAndPayload(Object other) {
        assertThat(EVENT).isNotEqualTo(other);
        assertThat(EVENT.hashCode()).isNotEqualTo(other.hashCode());
    }

    @Test
    void shouldShowTheSizeOfThePayloadRatherThanItsBytes() {
        assertThat(EVENT).hasToString("StepEvent[kind=udp.packet, payload=2 bytes, id=7, cellId=echo]");
        assertThat(event("tick", 1, null)).hasToString("StepEvent[kind=tick, payload=0 bytes, id=1, cellId=null]");
    }
}
