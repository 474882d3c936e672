package dev.safe.spring.aot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.aot.AotDetector;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

/** A context that starts from classes generated ahead of time contains extensions as any other does. */
class AheadOfTimeTest {

    @Configuration(proxyBeanMethods = false)
    public static class Host {
        @Bean
        public ExtensionCapability plain() {
            return new Panicking();
        }

        @Bean
        public ExtensionCapability recorded() {
            return new Recorded("recorded");
        }
    }

    public static class Panicking implements ExtensionCapability {
        @Override
        public String name() {
            return "plain";
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new NoClassDefFoundError("com/acme/Gone");
        }
    }

    public record Recorded(String name) implements ExtensionCapability {
        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    @AfterEach
    void noGeneratedArtifactsElsewhere() {
        System.clearProperty(AotDetector.AOT_ENABLED);
    }

    @Test
    @CompileWithForkedClassLoader
    void shouldContainWhenStartedFromGeneratedClasses() {
        AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
        source.register(AopAutoConfiguration.class, SafeAutoConfiguration.class, Host.class);
        TestGenerationContext generation = new TestGenerationContext();
        ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
        generation.writeGeneratedContent();

        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(ExtensionCapability.class)
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)
                        .test(generation.getRuntimeHints()))
                .isTrue();
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(SafeProperties.class)
                        .test(generation.getRuntimeHints()))
                .isTrue();

        TestCompiler.forSystem().with(generation).compile(compiled -> {
            System.setProperty(AotDetector.AOT_ENABLED, "true");
            assertContains(compiled, initializer);
        });
    }

    private static void assertContains(Compiled compiled, ClassName initializer) {
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            initializer(compiled, initializer).initialize(context);
            context.refresh();
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            for (String bean : new String[] {"plain", "recorded"}) {
                assertThat(context.getBean(bean, ExtensionCapability.class).poll())
                        .isNull();
                assertThat(guard.snapshot(bean).orElseThrow().phase(Phase.POLL).panics())
                        .isOne();
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static ApplicationContextInitializer<GenericApplicationContext> initializer(
            Compiled compiled, ClassName name) {
        return compiled.getInstance(ApplicationContextInitializer.class, name.toString());
    }
}
