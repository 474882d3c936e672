package dev.safe;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened outside, for a cell to handle in its next step. Two events are equal if their kind, id,
 * cell and the bytes of their payload are.
 *
 * <p>The payload is handed over, not copied: neither side may change the array afterwards.
 *
 * @param kind what happened, for example {@code udp.packet}
 * @param payload the bytes the cell is given
 * @param id the extension's own number for the event, given back to {@link ExtensionCapability#finalizeStep(long)}
 * @param cellId the cell the event is for, or null for every cell that has the capability
 * @since 0.1
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below go by the bytes
public record StepEvent(
        String kind, byte[] payload, long id, @Nullable String cellId) {

    /**
     * Checks the values, and copies none of them.
     *
     * @throws NullPointerException if {@code kind} or {@code payload} is null
     */
    public StepEvent {
        Objects.requireNonNull(kind, "'kind' must not be null");
        Objects.requireNonNull(payload, "'payload' must not be null");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StepEvent that
                && id == that.id
                && kind.equals(that.kind)
                && Objects.equals(cellId, that.cellId)
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, id, cellId, Arrays.hashCode(payload));
    }

    @Override
    public String toString() {
        return "StepEvent[kind=%s, payload=%d bytes, id=%d, cellId=%s]".formatted(kind, payload.length, id, cellId);
    }
}
