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

/** Sees to it that a bean is proxied by its interfaces where a subclass could not override all of its entry points. */
final class InterfaceProxying {

    /** The class that a bean definition turned out to have, if its bean is proxied by its interfaces. */
    static final String CLASS_ATTRIBUTE = InterfaceProxying.class.getName() + ".class";

    private InterfaceProxying() {}

    /** Returns what the auto-proxy creator is to see in place of the bean, which is the bean itself nearly always. */
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

    /** What has no definition to mark, such as a plugin's class that Spring was handed. A proxy is proxied by its interfaces. */
    private static Object plainProxy(ExtensionCapability bean, @Nullable ClassLoader loader) {
        ProxyFactory proxy = new ProxyFactory();
        proxy.setInterfaces(ClassUtils.getAllInterfacesForClass(bean.getClass(), loader));
        proxy.setTarget(bean);
        return proxy.getProxy(loader);
    }

    /** A subclass is defined where the bean factory's classes are, and has to find its super class there. */
    static boolean canBeSubclassed(Class<?> type, @Nullable ClassLoader loader) {
        try {
            return !Modifier.isFinal(type.getModifiers())
                    && !type.isHidden()
                    && !type.isSealed()
                    && ClassUtils.isVisible(type, loader)
                    && hasVisibleConstructor(type)
                    && entryPoints().allMatch(entryPoint -> canBeOverridden(entryPoint, type));
        } catch (LinkageError incomplete) { // What its methods name is missing: a subclass would miss it too.
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
