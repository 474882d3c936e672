package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionCapability;
import dev.safe.spring.ExtensionAspect;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/** What a native image has to know: the aspect's methods, the extension's entry points, the properties. */
final class SafeRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.reflection().registerType(ExtensionAspect.class, MemberCategory.INVOKE_DECLARED_METHODS);
        hints.reflection().registerType(ExtensionAspect.class.getSuperclass(), MemberCategory.INVOKE_DECLARED_METHODS);
        hints.reflection().registerType(ExtensionCapability.class, MemberCategory.INVOKE_DECLARED_METHODS);
        BindableRuntimeHintsRegistrar.forTypes(SafeProperties.class).registerHints(hints);
    }
}
