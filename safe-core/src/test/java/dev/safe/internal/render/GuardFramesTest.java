package dev.safe.internal.render;

import static java.lang.invoke.MethodType.methodType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.data.Index.atIndex;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaMethodReference;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.PanicReport;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.internal.hostfunction.CallBoundary;
import dev.safe.testing.RecordingListener;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each way into an extension leaves a frame on the stack that shows where its own frames end. */
class GuardFramesTest {

    private final RecordingListener listener = new RecordingListener();
    private final ExtensionGuard guard =
            ExtensionGuard.builder().listener(listener).build();

    private List<PanicReport> reports() {
        return listener.all(PanicReport.class);
    }

    @Test
    void shouldReportTheExtensionsFramesOnly() {
        ExtensionCapability guarded = guard.guarded(new Panicking("guarded"));
        for (ExtensionCapability capability : List.of(new Panicking("called"), guarded)) {
            catchThrowable(() -> guard.callSetup(capability, new SetupEnv("cell", Path.of("."), Map.of())));
            guard.callPoll(capability);
            guard.callFinalize(capability, 1);
            guard.callTeardown(capability, new TeardownContext(Instant.EPOCH));
        }
        assertThat(reports()).hasSize(8).allSatisfy(report -> assertThat(report.frames())
                .hasSize(2)
                .allMatch(frame -> frame.startsWith(Panicking.class.getName() + ".")));
    }

    @Test
    void shouldReportTheFramesOfAHostFunctionOnly() throws Throwable {
        IntSupplier body = GuardFramesTest::boom;
        MethodHandle handle = MethodHandles.lookup().findStatic(GuardFramesTest.class, "boom", methodType(int.class));
        IntSupplier wrapper = guard.hostFunction("a", "f", IntSupplier.class, body);
        IntSupplier wrappedTwice = guard.hostFunction("a", "f", IntSupplier.class, wrapper);
        MethodHandle guardedHandle = guard.hostFunction("a", "f", handle);

        assertThat(engine(3, wrapper)).isZero();
        assertThat(engine(3, wrappedTwice)).isZero();
        assertThat((int) guardedHandle.invokeExact()).isZero();

        assertThat(reports()).hasSize(3);
        assertThat(reports().get(0).frames()).singleElement().satisfies(GuardFramesTest::isBoom);
        assertThat(reports().get(1).frames()).singleElement().satisfies(GuardFramesTest::isBoom);
        assertThat(reports().get(2).frames()).singleElement().satisfies(GuardFramesTest::isBoom);
        assertThat(reports())
                .extracting(PanicReport::fingerprint)
                .containsOnly(reports().get(0).fingerprint());
    }

    private interface Proxied {

        int call();
    }

    private static final String NATIVE_IMAGE = "org.graalvm.nativeimage.imagecode";

    @Test
    void shouldReportTheFramesOfAHostFunctionOnlyWhereNoClassCanBeSpun() throws Throwable {
        MethodHandle handle = MethodHandles.lookup().findStatic(GuardFramesTest.class, "boom", methodType(int.class));
        Proxied proxy;
        MethodHandle combined;
        System.setProperty(NATIVE_IMAGE, "runtime");
        try {
            proxy = guard.hostFunction("a", "f", Proxied.class, GuardFramesTest::boom);
            combined = guard.hostFunction("a", "f", handle);
        } finally {
            System.clearProperty(NATIVE_IMAGE);
        }
        assertThat(Proxy.isProxyClass(proxy.getClass())).isTrue();

        assertThat(engine(3, proxy::call)).isZero();
        assertThat((int) combined.invokeExact()).isZero();
        assertThat(engine(2_000, proxy::call)).isZero();

        assertThat(reports()).hasSize(3).allSatisfy(report -> assertThat(report.frames())
                .singleElement()
                .satisfies(GuardFramesTest::isBoom));
    }

    /**
     * The JVM records only the top of such a stack, where the host's frames and the panic's need not end at the same
     * depth.
     */
    @Test
    void shouldReportTheFramesOfAHostFunctionOnlyHoweverDeepTheStack() {
        IntSupplier wrapper = guard.hostFunction("a", "f", IntSupplier.class, GuardFramesTest::boom);
        assertThat(engine(2_000, wrapper)).isZero();
        assertThat(alternating(2_000, wrapper)).isZero();
        assertThat(reports()).hasSize(2).allSatisfy(report -> assertThat(report.frames())
                .singleElement()
                .satisfies(GuardFramesTest::isBoom));
    }

    private static int alternating(int depth, IntSupplier function) {
        return depth == 0 ? function.getAsInt() : alternatingToo(depth - 1, function);
    }

    private static int alternatingToo(int depth, IntSupplier function) {
        return depth == 0 ? function.getAsInt() : alternating(depth - 1, function);
    }

    @Test
    void shouldReportTheFramesOfTheInnermostHostFunctionOnly() {
        IntSupplier wrapper = guard.hostFunction("a", "f", IntSupplier.class, GuardFramesTest::boom);
        for (int i = 0; i < 500; i++) {
            IntSupplier inner = wrapper;
            wrapper = guard.hostFunction("a", "f", IntSupplier.class, () -> engine(3, inner));
        }
        assertThat(engine(3, wrapper)).isZero();
        assertThat(reports())
                .singleElement()
                .satisfies(report -> assertThat(report.frames()).singleElement().satisfies(GuardFramesTest::isBoom));
    }

    private static int boom() {
        throw new IllegalStateException("boom");
    }

    private static void isBoom(String frame) {
        assertThat(frame).startsWith(GuardFramesTest.class.getName() + ".boom(");
    }

    /** Stands for the frames between a host function and the guard of the extension that runs it. */
    private static int engine(int depth, IntSupplier function) {
        return depth == 0 ? function.getAsInt() : engine(depth - 1, function);
    }

    @Test
    void shouldReportTheFramesThatAHostRecoveredFrom() {
        try {
            boom();
        } catch (IllegalStateException thrown) {
            guard.recoverHost("a", "f", thrown);
        }
        assertThat(reports().get(0).frames())
                .hasSize(2)
                .satisfies(GuardFramesTest::isBoom, atIndex(0))
                .satisfies(
                        frame -> assertThat(frame).contains("shouldReportTheFramesThatAHostRecoveredFrom"), atIndex(1));
    }

    @Test
    void shouldReportOneRoundOfARealStackOverflow() {
        IntSupplier bottomless = () -> engine(1, this::recurse);
        assertThat(guard.hostFunction("a", "f", IntSupplier.class, bottomless).getAsInt())
                .isZero();
        assertThat(reports().get(0).type()).isEqualTo("java.lang.StackOverflowError");
        assertThat(reports().get(0).frames())
                .hasSizeLessThan(16)
                .anyMatch(frame -> frame.matches("\\.\\.\\. \\d+ more like the 3 above"));
    }

    private int recurse() {
        return engine(1, this::recurse) + 1;
    }

    @Test
    void shouldReportWherePanicsComeFromThatAreOlderThanTheCall() {
        IllegalStateException old = new IllegalStateException("boom");
        for (ExtensionCapability capability : List.of(new Preallocated(old), new Preallocated(old))) {
            guard.callPoll(capability);
        }
        assertThat(reports()).hasSize(2).allSatisfy(report -> assertThat(
                        report.frames().get(0))
                .contains("shouldReportWherePanicsComeFromThatAreOlderThanTheCall"));
    }

    private record Preallocated(RuntimeException thrown) implements ExtensionCapability {

        @Override
        public String name() {
            return "preallocated";
        }

        @Override
        public StepEvent poll() {
            throw thrown;
        }
    }

    @Test
    void shouldKnowClassesThatExist() {
        assertThat(GuardClasses.IN_CORE)
                .allSatisfy(name -> assertThat(Class.forName(name).getName()).isEqualTo(name));
    }

    /** Otherwise an extension's frames would not end where that class called the extension. */
    @Test
    @Tag("slow")
    void shouldKnowEachClassThatCallsAcrossABoundary() {
        JavaClasses core = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.safe");
        Set<String> callers = new TreeSet<>();
        for (JavaClass type : core) {
            for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                if (isIntoAnExtension(call.getTarget())) {
                    callers.add(type.getName());
                }
            }
            for (JavaMethodReference reference : type.getMethodReferencesFromSelf()) {
                if (isIntoAnExtension(reference.getTarget())) {
                    callers.add(type.getName());
                }
            }
        }
        assertThat(callers).isNotEmpty().allMatch(GuardClasses::contain);
    }

    private static boolean isIntoAnExtension(AccessTarget target) {
        String owner = target.getOwner().getName();
        return (owner.equals(ExtensionCapability.class.getName())
                        && !target.getName().equals("name"))
                || (owner.equals(CallBoundary.class.getName())
                        && target.getName().equals("enter"));
    }

    @Test
    void shouldLeaveOutWhatAspectJWeavesIn() {
        StackTraceElement[] trace = {
            new StackTraceElement("com.acme.Udp", "receive", "Udp.java", 9),
            new StackTraceElement("com.acme.Udp", "poll_aroundBody12", "Udp.java", 5),
            new StackTraceElement("com.acme.Udp$AjcClosure13", "run", "Udp.java", 1),
            new StackTraceElement("org.aspectj.runtime.reflect.JoinPointImpl", "proceed", "JoinPointImpl.java", 164),
            new StackTraceElement("dev.safe.Boundary", "call", "Boundary.java", 86),
            new StackTraceElement("dev.safe.spring.WovenExtensions", "poll", "WovenExtensions.java", 90),
            new StackTraceElement("com.acme.Udp", "poll", "Udp.java", 5)
        };
        assertThat(ThrowableText.frames(trace))
                .containsExactly("com.acme.Udp.receive(Udp.java:9)", "com.acme.Udp.poll(Udp.java:5)");
    }

    @Test
    void shouldKeepTheNamesOfMethodsThatAspectJDidNotMove() {
        StackTraceElement[] trace = {
            new StackTraceElement("com.acme.Udp", "poll_aroundBodyX", "Udp.java", 5),
            new StackTraceElement("com.acme.Udp", "poll_aroundBody", "Udp.java", 6),
            new StackTraceElement("com.acme.Udp", "_aroundBody1", "Udp.java", 7)
        };
        assertThat(ThrowableText.frames(trace))
                .containsExactly(
                        "com.acme.Udp.poll_aroundBodyX(Udp.java:5)",
                        "com.acme.Udp.poll_aroundBody(Udp.java:6)",
                        "com.acme.Udp._aroundBody1(Udp.java:7)");
    }

    @Test
    void shouldLeaveOutTheProxyOfAnExtensionThatPanickedForAnotherOne() {
        StackTraceElement[] trace = {
            new StackTraceElement("dev.safe.Boundary", "panicException", "Boundary.java", 440),
            new StackTraceElement("dev.safe.spring.ExtensionAdvice", "setup", "ExtensionAdvice.java", 51),
            new StackTraceElement(
                    "dev.safe.spring.ExtensionAdvisor$Interceptor", "invoke", "ExtensionAdvisor.java", 90),
            new StackTraceElement(
                    "org.springframework.aop.framework.CglibAopProxy", "proceed", "CglibAopProxy.java", 7),
            new StackTraceElement("com.acme.Udp$$SpringCGLIB$$0", "setup", null, -1),
            new StackTraceElement("com.acme.Web", "setup", "Web.java", 12),
            new StackTraceElement("dev.safe.Boundary", "call", "Boundary.java", 86)
        };
        assertThat(ThrowableText.frames(trace)).containsExactly("com.acme.Web.setup(Web.java:12)");
    }

    private record Panicking(String name) implements ExtensionCapability {

        @Override
        public void setup(SetupEnv env) {
            boom();
        }

        @Override
        public StepEvent poll() {
            return boom();
        }

        @Override
        public void finalizeStep(long id) {
            boom();
        }

        @Override
        public void teardown(TeardownContext context) {
            boom();
        }

        private static StepEvent boom() {
            throw new IllegalStateException("boom");
        }
    }
}
