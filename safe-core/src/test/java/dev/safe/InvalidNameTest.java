package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.safe.testing.CapturedLog;
import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are null, do not match the rule, or throw. */
@Timeout(60)
class InvalidNameTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();

    @AfterEach
    void close() {
        guard.close();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "net\nwork", "-udp", "ä"})
    void shouldReadANameThatIsNotValidOnceAndSaySoOnce(@Nullable String name) {
        TestExtension extension = new TestExtension(name, () -> null);
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> guard.callPoll(extension))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got ");
            assertThatThrownBy(() -> guard.callSetup(extension, ENV)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> guard.guarded(extension)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(extension.names).as("readings of the name").hasValue(1);
        assertThat(extension.calls).hasValue(0);
        assertThat(log.list).as("lines in the log").hasSize(1);
        assertThat(log.list.get(0).getLevel().isGreaterOrEqual(Level.WARN)).isTrue();
        assertThat(log.list.get(0).getFormattedMessage()).doesNotContain("\n");
        assertThat(guard.snapshots()).hasSize(1);
        ExtensionSnapshot unnamed = guard.snapshots().get(0);
        assertThat(unnamed.phase(Phase.SETUP).panics()).isOne();
        assertThat(unnamed.state()).isEqualTo(ExtensionState.FAILED);
    }

    @Test
    void shouldSayOfEachInstanceThatItsNameIsNotValid() {
        TestExtension one = new TestExtension("net work", () -> null);
        TestExtension other = new TestExtension("net work", () -> null);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> guard.callPoll(one)).hasMessageEndingWith("got \"net work\"");
            assertThatThrownBy(() -> guard.callPoll(other)).hasMessageEndingWith("got \"net work\"");
        }
        assertThat(one.names).hasValue(1);
        assertThat(other.names).hasValue(1);
        assertThat(log.list).hasSize(2);
    }

    @Test
    void shouldNotifyListenersOfTheExtensionThatStandsInForOneWithoutAValidName() {
        RecordingListener listener = new RecordingListener();
        guard.addListener(listener);
        assertThatThrownBy(() -> guard.callPoll(new TestExtension("net work", () -> null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(listener.lines(RecordingListener.Registered.class, RecordingListener.Counted.class))
                .containsExactly("registered unnamed.TestExtension", "setup PANICS 1");
    }

    private WeakReference<TestExtension> refused() {
        TestExtension extension = new TestExtension("net work", () -> null);
        assertThatThrownBy(() -> guard.callPoll(extension)).isInstanceOf(IllegalArgumentException.class);
        return new WeakReference<>(extension);
    }

    @Test
    void shouldKeepNothingOfAnInstanceWhoseNameIsNotValid() {
        WeakReference<TestExtension> extension = refused();
        assertThat(Eventually.holds(Duration.ofSeconds(10), () -> {
                    System.gc();
                    return extension.get() == null;
                }))
                .isTrue();
    }

    @Test
    void shouldRefuseABadName() {
        assertThatThrownBy(() -> guard.callPoll(new TestExtension("net\nwork", () -> null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got \"net\\nwork\"");
        assertThatThrownBy(() -> guard.callPoll(new TestExtension(null, () -> null)))
                .hasMessage("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got null");
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("unnamed.TestExtension");
    }

    @Test
    void shouldContainANameThatThrows() {
        ExtensionCapability nameless = () -> {
            throw new IllegalStateException("no name today");
        };
        assertThat(guard.callPoll(nameless)).isNull();
        ExtensionSnapshot snapshot = guard.snapshots().get(0);
        assertThat(snapshot.name()).startsWith("unnamed.InvalidNameTest");
        assertThat(snapshot.state()).isEqualTo(ExtensionState.FAILED);
        assertThat(snapshot.phase(Phase.SETUP).panics()).isOne();
    }

    @Test
    void shouldTakeACheckedExceptionOutOfNameForAPanicSinceItDeclaresNone() {
        ExtensionGuard checked = ExtensionGuard.ofDefaults();
        checked.register(
                new ExtensionCapability() {
                    @Override
                    public String name() {
                        throw TestExtension.<RuntimeException>sneaky(new IOException("no name"));
                    }
                },
                "fallback");
        PhaseSnapshot setup = checked.snapshot("fallback").orElseThrow().phase(Phase.SETUP);
        assertThat(setup.panics()).isOne();
        assertThat(setup.errors()).isZero();
    }

    @Test
    void shouldNameALambdaThatHasNoNameByItsClassAndByNoAddress() {
        ExtensionCapability extension = () -> {
            throw new IllegalStateException("no name");
        };

        guard.callPoll(extension);

        assertThat(guard.snapshots())
                .extracting(ExtensionSnapshot::name)
                .containsExactly("unnamed.InvalidNameTest.Lambda");
    }
}
