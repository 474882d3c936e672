package dev.safe.test;

import java.time.Duration;
import java.util.function.IntSupplier;
import org.assertj.core.api.AbstractAssert;

/**
 * Asserts which events a sink has taken. Not thread-safe.
 *
 * @see GuardAssertions#assertThat(RecordingSink)
 * @since 0.1
 */
public final class SinkAssert extends AbstractAssert<SinkAssert, RecordingSink> {

    private Patience patience = Patience.NONE;

    SinkAssert(RecordingSink sink) {
        super(sink, SinkAssert.class);
    }

    /**
     * Makes later assertions wait until they hold, since loops poll on threads of their own.
     *
     * @param limit how long, for each assertion; not negative
     * @return this assertion
     */
    public SinkAssert within(Duration limit) {
        patience = new Patience(limit);
        return this;
    }

    /**
     * Asserts that at least a number of events of an extension came.
     *
     * @param extension its name
     * @param count how many
     * @return this assertion
     */
    public SinkAssert hasEventsOf(String extension, int count) {
        return atLeast(count, () -> actual.events(extension).size(), "events of \"" + extension + "\"");
    }

    /**
     * Asserts that at least a number of events wait to be finished.
     *
     * @param count how many
     * @return this assertion
     */
    public SinkAssert hasWaiting(int count) {
        return atLeast(count, actual::waiting, "waiting events");
    }

    private SinkAssert atLeast(int wanted, IntSupplier count, String what) {
        isNotNull();
        if (!patience.holds(() -> count.getAsInt() >= wanted)) {
            failWithMessage("%nExpecting at least%n  %s %s%nbut there are%n  %s", wanted, what, count.getAsInt());
        }
        return this;
    }
}
