package dev.safe.spring;

import dev.safe.ExtensionCapability;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Has a bean proxied by its interfaces where a subclass could not override all of its entry points. */
final class Proxying {

    private Proxying() {}

    static void choose(ConfigurableListableBeanFactory beans, String beanName, Class<?> type) {
        if (beans.containsBeanDefinition(beanName) && !canBeSubclassed(type)) {
            beans.getBeanDefinition(beanName)
                    .setAttribute(
                            AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE, AutoProxyUtils.ALL_INTERFACES_ATTRIBUTE_VALUE);
        }
    }

    static boolean canBeSubclassed(Class<?> type) {
        return !Modifier.isFinal(type.getModifiers())
                && !type.isHidden()
                && !type.isSealed()
                && hasVisibleConstructor(type)
                && entryPoints().allMatch(entryPoint -> canBeOverridden(entryPoint, type));
    }

    private static boolean hasVisibleConstructor(Class<?> type) {
        return Arrays.stream(type.getDeclaredConstructors())
                .anyMatch(constructor -> !Modifier.isPrivate(constructor.getModifiers()));
    }

    private static Stream<Method> entryPoints() {
        return Arrays.stream(ExtensionCapability.class.getMethods());
    }

    private static boolean canBeOverridden(Method entryPoint, Class<?> type) {
        try {
            Method implementation = type.getMethod(entryPoint.getName(), entryPoint.getParameterTypes());
            return !Modifier.isFinal(implementation.getModifiers());
        } catch (NoSuchMethodException impossible) {
            return true;
        }
    }
}
