package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.CapturedLog;
import dev.safe.testing.RecordingListener;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guard that contains nothing. */
class DisabledGuardTest {

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final RecordingListener listener = new RecordingListener();
    private final ExtensionGuard guard = ExtensionGuard.disabled();

    DisabledGuardTest() {
        guard.addListener(listener);
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, NoClassDefFoundError.class, StackOverflowError.class})
    void shouldLetEverythingOutOfEveryEntryPointUncounted(Class<? extends Throwable> type) throws Exception {
        Throwable thrown = type.getDeclaredConstructor().newInstance();
        TestExtension extension = TestExtension.throwing("a", thrown);
        IntSupplier function = guard.hostFunction("a", "f", IntSupplier.class, () -> {
            throw DisabledGuardTest.<RuntimeException>sneaky(thrown);
        });
        for (int call = 0; call < 10; call++) {
            assertThatThrownBy(() -> guard.callPoll(extension)).isSameAs(thrown);
            assertThatThrownBy(() -> guard.guarded(extension).poll()).isSameAs(thrown);
            assertThatThrownBy(function::getAsInt).isSameAs(thrown);
        }
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL))
                .extracting(PhaseSnapshot::panics, PhaseSnapshot::rejected)
                .containsExactly(0L, 0L);
        assertThat(listener.all(RecordingListener.Counted.class)).isEmpty();
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void shouldContainWhatWouldEndTheJvm() throws Throwable {
        MethodHandle body = MethodHandles.throwException(int.class, IllegalStateException.class)
                .bindTo(new IllegalStateException("boom"));
        MethodHandle guarded = guard.hostFunction("a", "f", body);
        assertThat(guarded.type()).isEqualTo(MethodType.methodType(int.class));
        assertThat((int) guarded.invokeExact()).isZero();
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
