package dev.safe.spring;

import org.jspecify.annotations.Nullable;

/**
 * Describes an extension bean that no advice reaches. What it throws is neither contained nor counted. Immutable.
 *
 * @param bean its bean name
 * @param type its class name
 * @param extension the extension's name; null if only the bean itself could say
 * @since 0.1
 */
public record UnguardedExtension(
        String bean, String type, @Nullable String extension) {}
