package dev.safe.internal.hostfunction;

import static java.lang.invoke.MethodType.methodType;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For which types a class is spun, and for how long. */
class SpunHandleFactoryTest {

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
