package dev.safe.spring;

import dev.safe.ExtensionCapability;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What weaving has to know of an extension's class. Kept by the class itself, so that it can be unloaded. Thread-safe.
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
     * Whether every call of an entry point is contained without a proxy. A class that has not been woven itself is not, even
     * if all it inherits is: a lambda, for one. The interface's own methods do nothing, woven or not.
     */
    boolean isContained() {
        Map<String, Class<?>> known = implementers();
        return woven
                && !known.isEmpty()
                && known.values().stream()
                        .allMatch(implementer -> implementer == ExtensionCapability.class || of(implementer).woven);
    }

    /** Whether an instance runs another class's method, and that is woven, unless the one given is called as super. */
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

    /** None, where what the class's methods name is missing: what cannot be told is contained once more. */
    private static Map<String, Class<?>> implementersIn(Class<?> type) {
        Map<String, Class<?>> found = new HashMap<>();
        try {
            for (Method entryPoint : ExtensionCapability.class.getMethods()) {
                if (entryPoint.isDefault()) {
                    Method run = type.getMethod(entryPoint.getName(), entryPoint.getParameterTypes());
                    found.put(entryPoint.getName(), run.getDeclaringClass());
                }
            }
        } catch (NoSuchMethodException | LinkageError untold) {
            return Map.of();
        }
        return Map.copyOf(found);
    }
}
