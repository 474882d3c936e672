package dev.safe.spring.woven;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.spring.ExtensionAspect;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Calls extensions that proxies cannot contain, and prints the outcomes to standard output. */
public final class WovenApplication {

    private WovenApplication() {}

    static final class Final implements ExtensionCapability {
        @Override
        public String name() {
            return "final";
        }

        @Override
        public StepEvent poll() {
            throw new NoClassDefFoundError("com/acme/Gone");
        }
    }

    record Recorded(String name) implements ExtensionCapability {
        @Override
        public StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    static class CallsItself implements ExtensionCapability {
        @Override
        public String name() {
            return "calls-itself";
        }

        @Override
        public StepEvent poll() {
            finalizeStep(7);
            return new StepEvent("polled", new byte[0], 7, null);
        }

        @Override
        public void finalizeStep(long id) {
            throw new IllegalStateException("boom");
        }
    }

    static class Base implements ExtensionCapability {
        @Override
        public String name() {
            return "calls-super";
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }

        @Override
        public void finalizeStep(long id) {
            throw new IllegalStateException("boom");
        }
    }

    static class CallsSuper extends Base {
        @Override
        public @Nullable StepEvent poll() {
            try {
                return super.poll();
            } catch (IllegalStateException expected) {
                return new StepEvent("recovered", new byte[0], 1, null);
            }
        }
    }

    static class RethrowsSuper extends Base {
        @Override
        public String name() {
            return "rethrows-super";
        }

        @Override
        public @Nullable StepEvent poll() {
            return super.poll();
        }
    }

    interface Polling extends ExtensionCapability {
        @Override
        default String name() {
            return "lambda";
        }

        @Override
        StepEvent poll();
    }

    interface ByDefault extends ExtensionCapability {
        @Override
        default StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    static class Inherits implements ByDefault {
        @Override
        public String name() {
            return "inherits";
        }
    }

    static class Advised implements ExtensionCapability {
        @Override
        public String name() {
            return "advised";
        }

        @Override
        public StepEvent poll() {
            throw new IllegalStateException("boom");
        }

        @Override
        public void setup(SetupEnv env) throws Exception {
            throw new IllegalStateException("boom");
        }

        @Override
        public void finalizeStep(long id) {}
    }

    @Aspect
    static class OtherAspect {
        @Around("execution(* dev.safe.spring.woven.WovenApplication.Advised.finalizeStep(..))")
        @Nullable Object fail(ProceedingJoinPoint call) {
            throw new IllegalStateException("no transaction");
        }
    }

    static class Unrelated implements Callable<String> {
        @Override
        public String call() {
            return "unrelated";
        }

        public StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Extensions {
        @Bean
        Final finalBean() {
            return new Final();
        }

        @Bean
        Recorded recordedBean() {
            return new Recorded("recorded");
        }

        @Bean
        @Lazy
        CallsItself lazyBean() {
            return new CallsItself();
        }

        @Bean
        ExtensionCapability inheritingBean() {
            return new Inherits();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Lambda {
        @Bean
        ExtensionCapability lambdaBean() {
            Polling lambda = () -> {
                throw new IllegalStateException("boom");
            };
            return lambda;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AdvisedByAnother {
        @Bean
        Advised advisedBean() {
            return new Advised();
        }

        @Bean
        static OtherAspect otherAspect() {
            return new OtherAspect();
        }
    }

    public static void main(String[] arguments) {
        say("early", outcome(new Recorded("early")::poll));

        try (ConfigurableApplicationContext context =
                start("", Extensions.class, Lambda.class, AdvisedByAnother.class)) {
            beans(context);
            noBeans(context.getBean(ExtensionGuard.class));
            advisedByAnother(context);
        }
        several();
        withoutProxies();
        unrelated();
    }

    private static void beans(ConfigurableApplicationContext context) {
        ExtensionGuard guard = context.getBean(ExtensionGuard.class);
        for (String bean : new String[] {"final", "recorded", "lambda", "inheriting"}) {
            ExtensionCapability extension = context.getBean(bean + "Bean", ExtensionCapability.class);
            say(bean + ".proxied", AopUtils.isAopProxy(extension));
            say(bean + ".poll", outcome(extension::poll));
            say(bean + ".panics", panics(guard, extension.name(), Phase.POLL));
            say(bean + ".frames", frames(guard, extension.name()));
        }
        ExtensionCapability callsItself = context.getBean("lazyBean", ExtensionCapability.class);
        say("lazy.proxied", AopUtils.isAopProxy(callsItself));
        say("lazy.poll", outcome(callsItself::poll));
        say("lazy.panics.poll", panics(guard, "calls-itself", Phase.POLL));
        say("lazy.panics.finalize", panics(guard, "calls-itself", Phase.FINALIZE));
        say("early.known", guard.snapshot("early").isPresent());
    }

    private static void noBeans(ExtensionGuard guard) {
        say("loose", outcome(new Recorded("loose")::poll));
        say("loose.panics", panics(guard, "loose", Phase.POLL));

        Recorded decorated = new Recorded("decorated");
        say("decorated", outcome(guard.guarded(decorated)::poll));
        say("decorated.panics", panics(guard, "decorated", Phase.POLL));

        CallsSuper callsSuper = new CallsSuper();
        say("super", outcome(callsSuper::poll));
        say("super.panics", panics(guard, "calls-super", Phase.POLL));
        outcome(() -> {
            callsSuper.finalizeStep(1);
            return null;
        });
        say("super.inherited", panics(guard, "calls-super", Phase.FINALIZE));
        say("super.rethrown", outcome(new RethrowsSuper()::poll));
        say("super.frames", frames(guard, "rethrows-super"));
    }

    private static void advisedByAnother(ConfigurableApplicationContext context) {
        ExtensionGuard guard = context.getBean(ExtensionGuard.class);
        Advised advised = context.getBean(Advised.class);
        say("advised.proxied", AopUtils.isAopProxy(advised));
        say("advised.poll", outcome(advised::poll));
        say("advised.panics.poll", panics(guard, "advised", Phase.POLL));
        say("advised.setup", outcome(() -> {
            advised.setup(new SetupEnv("cell", Path.of("."), Map.of()));
            return null;
        }));
        say("advised.panics.setup", panics(guard, "advised", Phase.SETUP));
        say("advised.finalize", outcome(() -> {
            advised.finalizeStep(1);
            return null;
        }));
        say("advised.panics.finalize", panics(guard, "advised", Phase.FINALIZE));
        say(
                "advised.names",
                guard.snapshots().stream()
                        .filter(extension -> extension.name().contains("dvised"))
                        .count());
    }

    /** Tries two contexts at once, one after the other, and none. */
    private static void several() {
        ConfigurableApplicationContext first = start("", Extensions.class);
        ExtensionGuard firstGuard = first.getBean(ExtensionGuard.class);
        ExtensionCapability firstBean = extension(first);
        ConfigurableApplicationContext second = start("", Extensions.class);
        ExtensionGuard secondGuard = second.getBean(ExtensionGuard.class);
        ExtensionCapability secondBean = extension(second);
        say("several.first", outcome(firstBean::poll));
        say("several.counts", panics(firstGuard, "final", Phase.POLL) + " " + panics(secondGuard, "final", Phase.POLL));
        say("several.second", outcome(secondBean::poll));
        Recorded loose = new Recorded("loose");
        say("several.loose", outcome(loose::poll));
        say("several.newest", panics(secondGuard, "loose", Phase.POLL));
        second.close();
        say("several.afterClose", outcome(firstBean::poll));
        say(
                "several.closed.counts",
                panics(firstGuard, "final", Phase.POLL) + " " + panics(secondGuard, "final", Phase.POLL));
        firstGuard.close();
        say("several.guardClosed", outcome(firstBean::poll));
        say("several.guardClosed.panics", panics(firstGuard, "final", Phase.POLL));
        first.close();
        say("several.none", outcome(firstBean::poll));
        say("several.none.panics", panics(firstGuard, "final", Phase.POLL));
        try (ConfigurableApplicationContext third = start("", Extensions.class)) {
            ExtensionGuard thirdGuard = third.getBean(ExtensionGuard.class);
            say("several.third", outcome(extension(third)::poll));
            say("several.third.panics", panics(thirdGuard, "final", Phase.POLL));
        }
    }

    private static ExtensionCapability extension(ConfigurableApplicationContext context) {
        return context.getBean("finalBean", ExtensionCapability.class);
    }

    private static void withoutProxies() {
        say("noProxies", outcome(() -> {
            start("spring.aop.auto=false", Extensions.class).close();
            return "started";
        }));
        say("noProxies.lambda", outcome(() -> {
            start("spring.aop.auto=false", Extensions.class, Lambda.class).close();
            return "started";
        }));
    }

    private static void unrelated() {
        say("unrelated", outcome(new Unrelated()::poll));
        say("unrelated.woven", members(Unrelated.class));
        say("aspect.woven", members(ExtensionAspect.class));
    }

    /** Counts what the weaver has added to a class. */
    private static long members(Class<?> type) {
        return Stream.concat(
                        Arrays.stream(type.getDeclaredFields()).map(Field::getName),
                        Arrays.stream(type.getDeclaredMethods()).map(Method::getName))
                .filter(name -> name.startsWith("ajc$") || name.contains("_aroundBody"))
                .count();
    }

    private static ConfigurableApplicationContext start(String property, Class<?>... configurations) {
        return new SpringApplicationBuilder(configurations)
                .web(WebApplicationType.NONE)
                .properties("safe.unguarded=fail", "spring.main.banner-mode=off", property)
                .run();
    }

    private static String outcome(Callable<?> call) {
        try {
            return String.valueOf(call.call());
        } catch (Throwable thrown) {
            return "threw " + thrown.getClass().getSimpleName();
        }
    }

    private static long panics(ExtensionGuard guard, String extension, Phase phase) {
        return guard.snapshot(extension)
                .map(known -> known.phase(phase).panics())
                .orElse(-1L);
    }

    private static String frames(ExtensionGuard guard, String extension) {
        return guard.snapshot(extension)
                .map(known ->
                        known.phase(Phase.POLL).recentPanics().get(0).frames().toString())
                .orElse("none");
    }

    private static void say(String key, Object value) {
        System.out.println("fact " + key + " = " + value);
    }
}
