package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.safe.testing.IsolatingLoader;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** Interfaces that other class loaders define. */
class ForeignInterfaceTest {

    private final RecordingBoundary boundary = new RecordingBoundary();

    @Test
    void shouldWrapAnInterfaceOfALoaderThatKnowsSafe() throws Exception {
        IsolatingLoader loader = IsolatingLoader.belowSafe();
        Object wrapper = wrap(loader, "Greeting", "Greeter", true);

        assertThat(((Supplier<?>) wrapper).get()).isEqualTo("null!");
        assertThat(boundary.failures).hasSize(1);
        assertThat(wrapper.getClass().getClassLoader()).isSameAs(loader);
        assertThat(wrapper.getClass().getPackageName() + ".").isEqualTo(IsolatingLoader.FOREIGN);
    }

    @Test
    void shouldWrapAnInterfaceOfALoaderThatDoesNotKnowSafe() throws Exception {
        IsolatingLoader loader = IsolatingLoader.besideSafe();
        Object broken = wrap(loader, "Greeting", "Greeter", true);
        Object sound = wrap(loader, "Greeting", "Greeter", false);

        assertThat(((Supplier<?>) broken).get()).isEqualTo("null!");
        assertThat(((Supplier<?>) sound).get()).isEqualTo("hello!");
        assertThat(boundary.failures).hasSize(1);
        assertThat(boundary.exited).isEqualTo(5);
        assertThat(sound.getClass()).isSameAs(broken.getClass());
        assertThat(sound.getClass().getClassLoader()).isInstanceOf(BridgeLoader.class);
        assertThat(sound.toString()).isEqualTo("network.udp/greet guarding " + IsolatingLoader.FOREIGN + "Greeter");
    }

    @Test
    void shouldTellApartTwoLoadersThatDefineAnInterfaceOfOneName() throws Exception {
        Object one = wrap(IsolatingLoader.besideSafe(), "Greeting", "Greeter", false);
        Object other = wrap(IsolatingLoader.besideSafe(), "Greeting", "Greeter", true);

        assertThat(one.getClass()).isNotSameAs(other.getClass());
        assertThat(((Supplier<?>) one).get()).isEqualTo("hello!");
        assertThat(((Supplier<?>) other).get()).isEqualTo("null!");
    }

    @Test
    void shouldWrapAPackagePrivateInterfaceOfALoaderThatKnowsSafe() throws Exception {
        IsolatingLoader loader = IsolatingLoader.belowSafe();
        Object wrapper = wrap(loader, "Whisper", "Whisperer", true);

        assertThat(((Supplier<?>) wrapper).get()).isNull();
        assertThat(wrapper.getClass().getClassLoader()).isSameAs(loader);
        assertThat(Proxy.isProxyClass(wrapper.getClass())).isFalse();
    }

    @Test
    void shouldWrapAPackagePrivateInterfaceOfALoaderThatDoesNotKnowSafeInAProxy() throws Exception {
        IsolatingLoader loader = IsolatingLoader.besideSafe();
        Object wrapper = wrap(loader, "Whisper", "Whisperer", true);
        Method audible = loader.load("Whisper").getDeclaredMethod("isAudible");
        audible.setAccessible(true);

        assertThat(((Supplier<?>) wrapper).get()).isNull();
        assertThat(audible.invoke(wrapper)).isEqualTo(false);
        assertThat(Proxy.isProxyClass(wrapper.getClass())).isTrue();
        assertThat(boundary.failures).hasSize(2);
    }

    @Test
    void shouldRefuseWhatReturnsATypeThatOnlyItsPackageMayNameWhereNothingCanBeDefined() throws Exception {
        IsolatingLoader loader = IsolatingLoader.besideSafe();
        Class<?> type = loader.load("Confidant");
        Object body = loader.load("Priest").getConstructor().newInstance();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> wrap(type, body))
                .withMessage(
                        "'type' must return public types only, unless its class loader finds Safe and its package is"
                                + " open to Safe,"
                                + " got dev.safe.internal.hostfunction.foreign.Confidant,"
                                + " which returns dev.safe.internal.hostfunction.foreign.Whisper");
    }

    @Test
    void shouldWrapWhatReturnsATypeThatOnlyItsPackageMayName() throws Exception {
        IsolatingLoader loader = IsolatingLoader.belowSafe();
        Class<?> type = loader.load("Confidant");
        Object wrapper = wrap(type, loader.load("Priest").getConstructor().newInstance());

        assertThat(type.getMethod("exchange", type).invoke(null, wrapper)).isEqualTo("why");
        boundary.rejecting = true;
        assertThat(type.getMethod("exchange", type).invoke(null, wrapper)).isNull();
    }

    @Test
    void shouldFindTheClassAgainThatItCannotDefineTwice() throws Exception {
        HostInterface type = HostInterface.of(IsolatingLoader.belowSafe().load("Greeting"));
        Object target = type.type()
                .getClassLoader()
                .loadClass(IsolatingLoader.FOREIGN + "Greeter")
                .getConstructor(boolean.class)
                .newInstance(false);

        Object first = SpunWrapperFactory.at(ClassLocation.BESIDE_THE_INTERFACE, type)
                .wrap(boundary, "greet", target, Fallback.ZERO);
        Object second = SpunWrapperFactory.at(ClassLocation.BESIDE_THE_INTERFACE, type)
                .wrap(boundary, "greet", target, Fallback.ZERO);

        assertThat(first.getClass()).isSameAs(second.getClass());
        assertThat(((Supplier<?>) second).get()).isEqualTo("hello!");
    }

    @Test
    void shouldGuardAnInterfaceThatNarrowsAReturnTypeWithoutABridge() throws Exception {
        Class<?> type = new Narrowing().define();
        Object body =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("boom");
                });
        Object wrapper = wrap(type, body);

        assertThat(((Supplier<?>) wrapper).get()).isNull();
        assertThat(type.getMethod("get").invoke(wrapper)).isNull();
        assertThat(boundary.failures).hasSize(2);
    }

    @Test
    void shouldGuardABodyWhoseClassHalfIsMissing() throws Exception {
        IsolatingLoader loader = new IsolatingLoader(
                IsolatingLoader.class.getClassLoader(),
                name -> name.equals(HalfMissing.class.getName()) || name.equals(Missing.class.getName()) && fail(name));
        Object body = loader.loadClass(HalfMissing.class.getName())
                .getDeclaredConstructor()
                .newInstance();

        @SuppressWarnings("unchecked")
        Function<Object, Object> wrapper = HostFunctions.wrap(boundary, "f", Function.class, (Function<?, ?>) body);

        assertThat(wrapper.apply("in")).isEqualTo("out");
        assertThat(wrapper.andThen(out -> out + "!").apply("in")).isEqualTo("out!");
        assertThat(boundary.exited).isEqualTo(3);
    }

    @Test
    @Timeout(60)
    void shouldLetGoOfALoaderThatDoesNotKnowSafe() throws Exception {
        assertCollected(loaderOfAWrapperThatIsGone(false));
    }

    @Test
    @Timeout(60)
    void shouldLetGoOfALoaderThatKnowsSafe() throws Exception {
        assertCollected(loaderOfAWrapperThatIsGone(true));
    }

    @Test
    @Timeout(60)
    void shouldLetGoOfALoaderWhoseInterfaceNeededAProxy() throws Exception {
        assertCollected(loaderOfAProxyThatIsGone());
    }

    @Test
    @Timeout(60)
    void shouldLetGoOfTheClassOfABody() throws Exception {
        assertCollected(loaderOfABodyThatIsGone());
    }

    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    private Reference<Object> loaderOfAWrapperThatIsGone(boolean knowsSafe) throws Exception {
        IsolatingLoader loader = knowsSafe ? IsolatingLoader.belowSafe() : IsolatingLoader.besideSafe();
        RecordingBoundary unrelated = new RecordingBoundary();
        Class<?> type = loader.load("Greeting");
        assertThat(((Supplier<?>) wrap(unrelated, type, newBody(loader, "Greeter", false))).get())
                .isEqualTo("hello!");
        return new WeakReference<>(loader, collected);
    }

    private Reference<Object> loaderOfAProxyThatIsGone() throws Exception {
        IsolatingLoader loader = IsolatingLoader.besideSafe();
        Class<?> type = loader.load("Whisper");
        Object wrapper = wrap(new RecordingBoundary(), type, newBody(loader, "Whisperer", false));
        Method audible = type.getDeclaredMethod("isAudible");
        audible.setAccessible(true);
        assertThat(audible.invoke(wrapper)).isEqualTo(true);
        assertThat(Proxy.isProxyClass(wrapper.getClass())).isTrue();
        return new WeakReference<>(loader, collected);
    }

    private Reference<Object> loaderOfABodyThatIsGone() throws Exception {
        IsolatingLoader loader = IsolatingLoader.besideSafe();
        Supplier<?> body = (Supplier<?>) newBody(loader, "Greeter", false);
        assertThat(HostFunctions.wrap(boundary, "f", Supplier.class, body).get())
                .isEqualTo("hello!");
        return new WeakReference<>(loader, collected);
    }

    private void assertCollected(Reference<Object> loader) throws InterruptedException {
        Reference<?> gone;
        do {
            System.gc();
            gone = collected.remove(Duration.ofMillis(50).toMillis());
        } while (gone == null);
        assertThat(gone).isSameAs(loader);
    }

    private Object wrap(IsolatingLoader loader, String type, String body, boolean broken) throws Exception {
        return wrap(loader.load(type), newBody(loader, body, broken));
    }

    private static Object newBody(IsolatingLoader loader, String body, boolean broken) throws Exception {
        return loader.load(body).getConstructor(boolean.class).newInstance(broken);
    }

    private <F> F wrap(Class<F> type, Object body) {
        return wrap(boundary, type, body);
    }

    private static <F> F wrap(CallBoundary boundary, Class<F> type, Object body) {
        return HostFunctions.wrap(boundary, "greet", type, type.cast(body));
    }

    private static boolean fail(String name) {
        throw new NoClassDefFoundError(name);
    }

    /** A class that a plugin was compiled with and does not have at run time. */
    static final class Missing {}

    /** A class whose methods cannot be listed. */
    public static final class HalfMissing implements Function<Object, Object> {

        /** Creates one. */
        public HalfMissing() {}

        @Override
        public Object apply(Object in) {
            return "out";
        }

        /** Takes a class that is missing. */
        public void take(Missing missing) {}
    }

    /** Spins {@code interface Narrow extends Supplier { String get(); }} as compilers do that do not write bridges. */
    private static final class Narrowing extends ClassLoader {

        Narrowing() {
            super(ForeignInterfaceTest.class.getClassLoader());
        }

        Class<?> define() {
            ClassWriter writer = new ClassWriter(0);
            writer.visit(
                    Opcodes.V17,
                    Opcodes.ACC_PUBLIC | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT,
                    "narrow/Narrow",
                    null,
                    "java/lang/Object",
                    new String[] {"java/util/function/Supplier"});
            writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, "get", "()Ljava/lang/String;", null, null)
                    .visitEnd();
            writer.visitEnd();
            byte[] bytes = writer.toByteArray();
            return defineClass("narrow.Narrow", bytes, 0, bytes.length);
        }
    }
}
