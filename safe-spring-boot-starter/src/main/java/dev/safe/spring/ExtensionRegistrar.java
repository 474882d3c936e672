package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Makes every extension bean known to the guard when it is created, and has it proxied in a way that its class allows.
 * Makes the guard known to code that is woven, which no bean can be handed to.
 * Comes before the auto-proxy creator, which is the first that sees the bean's real class: the definition of a bean method
 * or of a {@code FactoryBean} may name the interface only. Thread-safe.
 *
 * @since 0.1
 */
public final class ExtensionRegistrar
        implements SmartInstantiationAwareBeanPostProcessor, BeanFactoryAware, PriorityOrdered, DisposableBean {

    private static final String SCOPED_TARGET = "scopedTarget.";

    private final ObjectProvider<ExtensionGuard> guard;
    private final Map<String, String> beanOfExtension = new ConcurrentHashMap<>();
    private final Map<String, String> extensionOfBean = new ConcurrentHashMap<>();
    private final Map<String, BeanDefinition> madeQuiet = new ConcurrentHashMap<>();
    private final Set<ExtensionGuard> handedOver = ConcurrentHashMap.newKeySet();

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ConfigurableListableBeanFactory beans;

    /**
     * Creates the registrar.
     *
     * @param guard what extensions are made known to, asked for with the first of them
     */
    public ExtensionRegistrar(ObjectProvider<ExtensionGuard> guard) {
        this.guard = guard;
    }

    @Override
    public void setBeanFactory(BeanFactory beans) {
        this.beans = (ConfigurableListableBeanFactory) beans;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    /**
     * Keeps Spring from warning of an extension that a post processor drags in early that it is not eligible for
     * auto-proxying: it is, as whoever gets here comes after us and the auto-proxy creator.
     */
    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        if (ExtensionCapability.class.isAssignableFrom(beanClass) && beans.containsBeanDefinition(beanName)) {
            BeanDefinition definition = beans.getBeanDefinition(beanName);
            if (definition.getRole() == BeanDefinition.ROLE_APPLICATION) {
                definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
                madeQuiet.put(beanName, definition);
            }
        }
        return null;
    }

    @Override
    public Object getEarlyBeanReference(Object bean, String beanName) {
        return register(bean, beanName);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ExtensionGuard own) {
            handOver(own);
        }
        BeanDefinition quiet = madeQuiet.remove(beanName);
        if (quiet != null) {
            quiet.setRole(BeanDefinition.ROLE_APPLICATION);
        }
        return register(bean, beanName);
    }

    /** Woven calls find their guard without being given it, as long as the context is up. */
    private void handOver(ExtensionGuard own) {
        if (handedOver.add(own)) {
            OpenGuards.open(own);
        }
    }

    @Override
    public void destroy() {
        for (ExtensionGuard own : handedOver) {
            OpenGuards.close(own);
        }
    }

    private Object register(Object bean, String beanName) {
        if (bean instanceof ExtensionCapability extension && !(bean instanceof AopInfrastructureBean)) {
            Proxying.choose(beans, beanName, bean.getClass());
            register(extension, beanName);
        }
        return bean;
    }

    private void register(ExtensionCapability extension, String beanName) {
        String bean = withoutScope(beanName);
        String name = nameOf(extension, bean);
        String other = beanOfExtension.putIfAbsent(name, bean);
        if (other != null && !other.equals(bean)) {
            throw new DuplicateExtensionException(name, other, bean);
        }
        extensionOfBean.put(bean, name);
    }

    private String nameOf(ExtensionCapability extension, String beanName) {
        try {
            ExtensionGuard own = guard.getObject();
            handOver(own);
            return own.register(extension, identityOf(beanName));
        } catch (IllegalArgumentException invalid) {
            throw new InvalidExtensionNameException(
                    beanName, extension.getClass().getName(), String.valueOf(invalid.getMessage()));
        }
    }

    /** A bean's name, made a valid name of an extension: its identity if it cannot tell its own. */
    private static String identityOf(String beanName) {
        String safe = beanName.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        return safe.isEmpty() ? "unnamed" : safe.substring(0, Math.min(64, safe.length()));
    }

    /** The extension that a bean turned out to be, if the bean has been created. */
    Optional<String> extensionOf(String beanName) {
        return Optional.ofNullable(extensionOfBean.get(withoutScope(beanName)));
    }

    private static String withoutScope(String beanName) {
        return beanName.startsWith(SCOPED_TARGET) ? beanName.substring(SCOPED_TARGET.length()) : beanName;
    }
}
