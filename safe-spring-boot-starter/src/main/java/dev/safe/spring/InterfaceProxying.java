package dev.safe.spring;

import dev.safe.ExtensionCapability;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Makes Spring proxy a bean by its interfaces where a subclass could not override all of its entry points. */
final class InterfaceProxying {

    /** Names the attribute of a bean definition that holds the class of a bean proxied by its interfaces. */
    static final String CLASS_ATTRIBUTE = InterfaceProxying.class.getName() + ".class";

    private InterfaceProxying() {}

    /**
     * Marks the bean's definition if needed. Returns what the auto-proxy creator sees in place of the bean: nearly
     * always the bean itself.
     */
    static Object prepare(ConfigurableListableBeanFactory beans, String beanName, ExtensionCapability bean) {
        Class<?> type = bean.getClass();
        ClassLoader loader = beans.getBeanClassLoader();
        if (canBeSubclassed(type, loader)) {
            return bean;
        }
        if (!beans.containsBeanDefinition(beanName)) {
            return beans.containsLocalBean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)
                    ? plainProxy(bean, loader)
                    : bean;
        }
        BeanDefinition definition = beans.getBeanDefinition(beanName);
        definition.setAttribute(
                AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE, AutoProxyUtils.ALL_INTERFACES_ATTRIBUTE_VALUE);
        definition.setAttribute(CLASS_ATTRIBUTE, type.getName());
        return bean;
    }

    /**
     * Wraps a bean that has no definition to mark, such as an instance of a plugin's class. Spring proxies a proxy by
     * its interfaces.
     */
    private static Object plainProxy(ExtensionCapability bean, @Nullable ClassLoader loader) {
        ProxyFactory proxy = new ProxyFactory();
        proxy.setInterfaces(ClassUtils.getAllInterfacesForClass(bean.getClass(), loader));
        proxy.setTarget(bean);
        return proxy.getProxy(loader);
    }

    /**
     * Returns whether the bean factory's class loader, which defines the subclass, can define one that overrides all
     * entry points.
     */
    static boolean canBeSubclassed(Class<?> type, @Nullable ClassLoader loader) {
        try {
            return !Modifier.isFinal(type.getModifiers())
                    && !type.isHidden()
                    && !type.isSealed()
                    && ClassUtils.isVisible(type, loader)
                    && hasVisibleConstructor(type)
                    && entryPoints().allMatch(entryPoint -> canBeOverridden(entryPoint, type));
        } catch (LinkageError incomplete) { // A type in a signature is missing, which a subclass would miss as well.
            return false;
        }
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
