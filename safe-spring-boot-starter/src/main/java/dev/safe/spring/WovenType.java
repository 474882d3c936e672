package dev.safe.spring;

import dev.safe.ExtensionCapability;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what weaving has to know about an extension's class. The class itself keeps it, so the class can be unloaded.
 * Thread-safe.
 */
final class WovenType {

    private static final ClassValue<WovenType> TYPES = new ClassValue<>() {
        @Override
        protected WovenType computeValue(Class<?> type) {
            return new WovenType(type);
        }
    };

    private final Class<?> type;
    private volatile boolean woven;
    private volatile @Nullable Map<String, Class<?>> implementers;

    private WovenType(Class<?> type) {
        this.type = type;
    }

    static WovenType of(Class<?> type) {
        return TYPES.get(type);
    }

    void setWoven() {
        woven = true;
    }

    /**
     * Returns whether every call of an entry point is contained without a proxy. A class that was not woven is not
     * contained, even if everything it inherits is: a lambda is the usual case. The interface's own methods do nothing,
     * so it does not matter whether they are woven.
     */
    boolean isContained() {
        Map<String, Class<?>> known = implementers();
        return woven
                && !known.isEmpty()
                && known.values().stream()
                        .allMatch(implementer -> implementer == ExtensionCapability.class || of(implementer).woven);
    }

    /**
     * Returns whether an instance runs a woven method of another class in place of the given one. The given method is
     * then called as super.
     */
    boolean overrides(String entryPoint, Class<?> declaring) {
        Class<?> implementer = implementers().getOrDefault(entryPoint, declaring);
        return implementer != declaring && of(implementer).woven;
    }

    private Map<String, Class<?>> implementers() {
        Map<String, Class<?>> known = implementers;
        if (known == null) {
            known = implementersIn(type);
            implementers = known;
        }
        return known;
    }

    /**
     * Finds the class that implements each entry point. Returns none if a type in a method's signature is missing:
     * containing a call twice is safe, not containing it is not.
     */
    private static Map<String, Class<?>> implementersIn(Class<?> type) {
        Map<String, Class<?>> found = new HashMap<>();
        try {
            for (Method entryPoint : ExtensionCapability.class.getMethods()) {
                if (entryPoint.isDefault()) {
                    Method run = type.getMethod(entryPoint.getName(), entryPoint.getParameterTypes());
                    found.put(entryPoint.getName(), run.getDeclaringClass());
                }
            }
        } catch (NoSuchMethodException | LinkageError unresolved) {
            return Map.of();
        }
        return Map.copyOf(found);
    }
}
