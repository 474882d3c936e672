package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.SetupEnv;
import dev.safe.supervisor.Incarnation.Stage;
import dev.safe.testing.CapturedLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What tests share that take the steps of an extension themselves: there is no keeper, and a life runs only if a test lets
 * it.
 */
abstract class SteppedTest extends SupervisedTest {

    static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** How many events may be in flight. */
    static final int SLOTS = 4;

    static final Duration DEADLINE = Duration.ofSeconds(8);

    @RegisterExtension
    final CapturedLog captured = new CapturedLog(ExtensionSupervisor.class.getName());

    final Monitor monitor = new Monitor(time::get, true);
    final List<Runnable> later = new ArrayList<>();
    final List<Incarnation> lives = new ArrayList<>();
    final List<Thread> threads = new ArrayList<>();
    RestartPolicy restart = RestartPolicy.DEFAULT;
    Duration deadline = DEADLINE;

    SupervisedExtension supervised(String name, Source source) {
        Settings settings = new Settings(
                delivered::add,
                any -> new SetupEnv(any, Path.of(any), Map.of()),
                restart,
                this::threadThatDoesNotRunIt,
                SLOTS,
                Duration.ofMillis(1),
                deadline);
        return new SupervisedExtension(name, source, guard, settings, monitor);
    }

    Thread threadThatDoesNotRunIt(Runnable task) {
        if (task instanceof Incarnation life) {
            lives.add(life);
        }
        Thread thread = new Thread(() -> {});
        threads.add(thread);
        return thread;
    }

    SupervisedExtension onlyInstance() {
        return supervised("a", Source.of(guard.guarded(scripted("a"))));
    }

    SupervisedExtension madeAnew() {
        return supervised("a", Source.of(guard, "a", () -> scripted("a")));
    }

    SupervisedExtension started(SupervisedExtension extension) {
        extension.start(guard.supervise(extension.name()), time.get());
        return extension;
    }

    SupervisedExtension up(SupervisedExtension extension) {
        begin(started(extension)).stage = Stage.UP;
        return extension;
    }

    /** Takes the step that begins a life. */
    Incarnation begin(SupervisedExtension extension) {
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).hasSize(1);
        runLater();
        return newest();
    }

    Incarnation newest() {
        return lives.get(lives.size() - 1);
    }

    void runLater() {
        later.forEach(Runnable::run);
        later.clear();
    }

    long step(SupervisedExtension extension) {
        return extension.step(time.get(), false, true, later);
    }

    void pass(long nanos) {
        time.addAndGet(nanos);
    }

    /** Time runs over soon, which must make no difference. */
    @BeforeEach
    void startTheTime() {
        time.set(Long.MAX_VALUE - SECOND);
    }
}
