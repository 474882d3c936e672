package dev.safe.internal.hostfunction;

import static java.lang.invoke.MethodHandles.constant;
import static java.lang.invoke.MethodHandles.dropArguments;
import static java.lang.invoke.MethodHandles.throwException;
import static java.lang.invoke.MethodType.methodType;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.IsolatingLoader;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For which types a class is spun, and for how long. */
class SpunHandleFactoryTest {

    private static final AtomicInteger SEEN = new AtomicInteger();

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    @Test
    void shouldSpinOneClassForAType() {
        SpunHandleFactory spun = SpunHandleFactory.of(methodType(int.class, Map.Entry[].class));

        assertThat(spun).isNotNull();
        assertThat(SpunHandleFactory.of(methodType(int.class, Map.Entry[].class)))
                .isSameAs(spun);
        assertThat(SpunHandleFactory.of(methodType(long.class, Map.Entry[].class)))
                .isNotSameAs(spun);
    }

    @Test
    void shouldSpinAndGuardATypeThatItHasNotSeen() throws Throwable {
        MethodType type = unseen();
        MethodHandle body = dropArguments(constant(int.class, 42), 0, type.parameterList());
        IllegalStateException boom = new IllegalStateException("boom");
        MethodHandle broken = dropArguments(
                throwException(int.class, IllegalStateException.class).bindTo(boom), 0, type.parameterList());

        assertThat(call(HostFunctions.wrap(boundary, "f", body))).isEqualTo(42);
        assertThat(boundary.containments).isEmpty();
        assertThat(call(HostFunctions.wrap(boundary, "f", broken, 7))).isEqualTo(7);
        assertThat(boundary.containments).containsExactly(new RecordingBoundary.Failure("f", boom));
        assertThat(SpunHandleFactory.of(type)).isNotNull();
    }

    /** Returns a type that has been asked for nowhere else in this JVM, since classes are spun once and kept. */
    private static MethodType unseen() {
        int number = SEEN.getAndIncrement();
        List<Class<?>> parameters = IntStream.range(0, 12)
                .<Class<?>>mapToObj(bit -> (number >> bit & 1) == 0 ? int.class : double.class)
                .toList();
        return methodType(int.class, Map.Entry[].class).appendParameterTypes(parameters);
    }

    private static Object call(MethodHandle guarded) throws Throwable {
        List<Object> arguments =
                new ArrayList<>(Collections.nCopies(guarded.type().parameterCount(), 1));
        arguments.set(0, null);
        return guarded.asSpreader(Object[].class, arguments.size()).invoke(arguments.toArray());
    }

    @Test
    void shouldSpinForObjectsWhatOurPackageMayNotName() throws ClassNotFoundException {
        Class<?> concealed = Class.forName(IsolatingLoader.FOREIGN + "Whisper");

        assertThat(SpunHandleFactory.of(methodType(int.class, concealed, concealed.arrayType())))
                .isNotNull()
                .isSameAs(SpunHandleFactory.of(methodType(int.class, Object.class, Object.class)));
        assertThat(SpunHandleFactory.of(methodType(int.class, boundary.getClass(), Object[].class)))
                .isNotSameAs(SpunHandleFactory.of(methodType(int.class, Object.class, Object.class)));
    }

    @Test
    void shouldGuardWhatOurPackageMayNotName() throws Throwable {
        Class<?> concealed = Class.forName(IsolatingLoader.FOREIGN + "Whisper");
        MethodHandle body = MethodHandles.empty(methodType(concealed, concealed));

        assertThat(HostFunctions.wrap(boundary, "f", body).invoke((Object) null))
                .isNull();
        assertThat(boundary.exited).isOne();
    }

    /** Our own class loader finds another class by that name. */
    @Test
    @Timeout(60)
    void shouldLetGoOfALoaderWhoseTypesAHandleTakes() throws Throwable {
        Reference<Object> loader = guardAndCall(IsolatingLoader.belowSafe());

        assertThat(boundary.exited).isOne();
        assertCollected(loader);
    }

    private Reference<Object> guardAndCall(IsolatingLoader loader) throws Throwable {
        Class<?> type = loader.load("Greeter");
        MethodHandle body = MethodHandles.publicLookup().findVirtual(type, "greet", methodType(String.class));
        MethodHandle guarded = HostFunctions.wrap(boundary, "f", body);
        assertThat(guarded.invoke(newGreeter(type, false))).isEqualTo("hello");
        assertThat(guarded.invoke(newGreeter(type, true))).isNull();
        assertThat(boundary.containments).hasSize(1);
        boundary.containments.clear(); // What was thrown keeps the class alive.
        return new WeakReference<>(loader, collected);
    }

    /** The handle's type names the JDK only. */
    @Test
    @Timeout(60)
    void shouldLetGoOfABodyThoughItsClassIsKept() throws Throwable {
        Reference<Object> loader = guardAndCallBound(IsolatingLoader.besideSafe());

        assertThat(boundary.exited).isOne();
        assertCollected(loader);
    }

    private Reference<Object> guardAndCallBound(IsolatingLoader loader) throws Throwable {
        Class<?> type = loader.load("Greeter");
        MethodHandle body = MethodHandles.publicLookup()
                .findVirtual(type, "greet", methodType(String.class))
                .bindTo(newGreeter(type, false));
        assertThat(HostFunctions.wrap(boundary, "f", body).invoke()).isEqualTo("hello");
        return new WeakReference<>(loader, collected);
    }

    private static Object newGreeter(Class<?> type, boolean broken) throws ReflectiveOperationException {
        return type.getConstructor(boolean.class).newInstance(broken);
    }

    private void assertCollected(Reference<Object> loader) throws InterruptedException {
        Reference<?> gone;
        do {
            System.gc();
            gone = collected.remove(50);
        } while (gone == null);
        assertThat(gone).isSameAs(loader);
    }
}
