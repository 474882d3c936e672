package dev.safe.spring;

import org.jspecify.annotations.Nullable;

/**
 * A bean that is an extension and that no advice reaches: what it throws is not contained, whatever the guard's counts say.
 * Immutable.
 *
 * @param bean its bean name
 * @param type its class name
 * @param extension the extension's name; null if it is not known without asking the bean
 * @since 0.1
 */
public record UnguardedExtension(
        String bean, String type, @Nullable String extension) {}
