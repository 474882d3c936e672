package dev.safe.spring;

import dev.safe.ExtensionCapability;
import org.springframework.aop.Advisor;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;

/**
 * Removes the proxy of an extension bean whose class was woven, since its calls are contained without one. Runs right
 * after the auto-proxy creator. Only a pointcut can exclude a class from proxying, and no pointcut can match woven
 * classes.
 *
 * <p>Keeps the proxy of a bean that other aspects advise, with our advice on it, so that it also contains what those
 * aspects throw. A panic of the bean itself is counted once, by the woven code.
 *
 * @since 0.1
 */
public final class RedundantProxyRemover implements SmartInstantiationAwareBeanPostProcessor, Ordered {

    private final ExtensionRegistrar registrar;

    /**
     * Creates the post-processor.
     *
     * @param registrar registers the bean without its proxy under the bean's extension
     */
    public RedundantProxyRemover(ExtensionRegistrar registrar) {
        this.registrar = registrar;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public Object getEarlyBeanReference(Object bean, String beanName) {
        return registered(withoutRedundantProxy(bean), beanName);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return registered(withoutRedundantProxy(bean), beanName);
    }

    /**
     * Registers a bean under its extension. If a host passes the proxy to the guard, its name is known and the proxy is
     * not asked for it.
     */
    private Object registered(Object bean, String beanName) {
        if (bean instanceof ExtensionCapability extension && !(bean instanceof ScopedObject)) {
            registrar.registerInstance(extension, beanName);
        }
        return bean;
    }

    private static Object withoutRedundantProxy(Object bean) {
        if (bean instanceof ExtensionCapability && bean instanceof Advised advised) {
            TargetSource source = advised.getTargetSource();
            Class<?> type = source.getTargetClass();
            if (source.isStatic() && type != null && WovenType.of(type).isContained() && hasOnlyOurAdvice(advised)) {
                return target(source, bean);
            }
        }
        return bean;
    }

    private static Object target(TargetSource source, Object bean) {
        try {
            Object target = source.getTarget();
            return target != null ? target : bean;
        } catch (Exception unavailable) {
            return bean;
        }
    }

    private static boolean hasOnlyOurAdvice(Advised advised) {
        for (Advisor advisor : advised.getAdvisors()) {
            if (advisor != ExposeInvocationInterceptor.ADVISOR && !(advisor instanceof ExtensionAdvisor)) {
                return false;
            }
        }
        return true;
    }
}
