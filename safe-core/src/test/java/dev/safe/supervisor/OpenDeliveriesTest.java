package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots for events, each with a ticket that is used once. */
class OpenDeliveriesTest {

    private static long open(OpenDeliveries deliveries, long event) {
        long ticket = deliveries.ticket();
        assertThat(ticket).isNotEqualTo(OpenDeliveries.NONE);
        deliveries.open(ticket, event);
        return ticket;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void shouldHoldAsManyAsItHasSlots(int capacity) {
        OpenDeliveries deliveries = new OpenDeliveries(capacity);
        assertThat(deliveries.isEmpty()).isTrue();
        List<Long> tickets = new ArrayList<>();
        for (int i = 0; i < capacity; i++) {
            tickets.add(open(deliveries, i));
            assertThat(deliveries.isEmpty()).isFalse();
        }
        assertThat(tickets).doesNotHaveDuplicates();
        assertThat(deliveries.ticket()).isEqualTo(OpenDeliveries.NONE);
        long last = tickets.get(capacity - 1);
        assertThat(deliveries.close(last)).isTrue();
        assertThat(deliveries.close(last)).isFalse();
        assertThat(deliveries.ticket()).isEqualTo(OpenDeliveries.NONE);
        deliveries.free(last);
        assertThat(deliveries.close(last)).isFalse();
        long reused = open(deliveries, 99);
        assertThat(tickets).doesNotContain(reused);
        assertThat(deliveries.close(last)).isFalse();
        assertThat(deliveries.ticket()).isEqualTo(OpenDeliveries.NONE);
        tickets.set(capacity - 1, reused);
        tickets.forEach(ticket -> assertThat(deliveries.close(ticket)).isTrue());
        tickets.forEach(ticket -> {
            assertThat(deliveries.isEmpty()).isFalse();
            deliveries.free(ticket);
        });
        assertThat(deliveries.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void shouldCloseEachEventThatIsOpenOnce(int capacity) {
        OpenDeliveries deliveries = new OpenDeliveries(capacity);
        List<Long> expected = new ArrayList<>();
        long first = open(deliveries, 100);
        for (int i = 1; i < capacity; i++) {
            open(deliveries, 100 + i);
            expected.add(100L + i);
        }
        assertThat(deliveries.close(first)).isTrue();
        List<Long> closed = new ArrayList<>();
        deliveries.closeAll(closed::add);
        assertThat(closed).isEqualTo(expected);
        assertThat(deliveries.isEmpty()).isFalse(); // The first is being finalized by who has closed it.
        deliveries.free(first);
        assertThat(deliveries.isEmpty()).isTrue();
        deliveries.closeAll(closed::add);
        assertThat(closed).isEqualTo(expected);
    }
}
