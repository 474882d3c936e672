package dev.safe.spring;

import dev.safe.ExtensionCapability;
import org.springframework.aop.Advisor;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;

/**
 * Takes the proxy off an extension bean whose class was woven: its calls are contained without. Right behind the auto-proxy
 * creator, which can be told to leave a class out by a pointcut only, and no pointcut can tell a woven class.
 *
 * <p>A bean that other aspects advise keeps its proxy, and the aspect on it: what those throw is contained too. A panic of
 * its own is counted within, once.
 *
 * @since 0.1
 */
public final class RedundantProxyRemover implements SmartInstantiationAwareBeanPostProcessor, Ordered {

    private final ExtensionRegistrar registrar;

    /**
     * Creates the post processor.
     *
     * @param registrar makes what becomes of a bean known by the bean's extension
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

    /** A proxy that a host hands to the guard is not asked for its name: the bean has been. */
    private Object registered(Object bean, String beanName) {
        if (bean instanceof ExtensionCapability extension && !(bean instanceof AopInfrastructureBean)) {
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
