package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionCapability;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

/** Registers what a native image has to know: the extension's entry points and the properties. */
final class SafeRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.reflection().registerType(ExtensionCapability.class, MemberCategory.INVOKE_DECLARED_METHODS);
        BindableRuntimeHintsRegistrar.forTypes(SafeProperties.class).registerHints(hints);
        hints.resources().registerPattern("META-INF/safe.properties");
        if (ClassUtils.isPresent("org.springframework.boot.actuate.endpoint.Show", classLoader)) {
            BindableRuntimeHintsRegistrar.forTypes(ExtensionsEndpointProperties.class)
                    .registerHints(hints);
        }
    }
}
