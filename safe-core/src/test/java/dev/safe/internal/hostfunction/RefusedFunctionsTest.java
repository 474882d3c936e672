package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.hostfunction.Shapes.OnlyOne;
import dev.safe.internal.hostfunction.Shapes.Sealed;
import org.junit.jupiter.api.Test;

/** What cannot be wrapped. */
class RefusedFunctionsTest {

    private final RecordingBoundary boundary = new RecordingBoundary();

    @Test
    void shouldRefuseATypeThatCannotBeWrapped() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", String.class, ""))
                .withMessage("'type' must be an interface, got java.lang.String");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", int.class, 1))
                .withMessage("'type' must be an interface, got int");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Sealed.class, new OnlyOne("")))
                .withMessage("'type' must be an interface that is not sealed, since a wrapper has to implement it,"
                        + " got dev.safe.internal.hostfunction.Shapes$Sealed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Override.class, new Override() {
                    @Override
                    public Class<Override> annotationType() {
                        return Override.class;
                    }
                }))
                .withMessage("'type' must be an interface of functions, not an annotation, got java.lang.Override");
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void shouldRefuseABodyThatDoesNotImplementTheType() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", (Class) Runnable.class, "body"))
                .withMessage("'body' must implement java.lang.Runnable, got an instance of java.lang.String");
    }

    @Test
    @SuppressWarnings("DataFlowIssue")
    void shouldRefuseNull() {
        IntSource body = () -> 1;

        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(null, "f", IntSource.class, body))
                .withMessage("'boundary' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, null, IntSource.class, body))
                .withMessage("'function' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", (Class<IntSource>) null, body))
                .withMessage("'type' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", IntSource.class, null))
                .withMessage("'body' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", IntSource.class, body, null))
                .withMessage("'sentinel' must not be null");
    }
}
