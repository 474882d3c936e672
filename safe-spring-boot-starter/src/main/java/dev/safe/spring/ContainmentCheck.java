package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Once the singletons are up, looks at each extension bean there is: one that no advice reaches is warned about, or stops
 * the start, unless its class was woven. Losing containment silently is the worst that can happen here.
 *
 * @since 0.1
 */
public final class ContainmentCheck implements SmartInitializingSingleton, BeanFactoryAware {

    private static final Logger logger = LoggerFactory.getLogger(ContainmentCheck.class);

    private final ExtensionGuard guard;
    private final ExtensionRegistrar registrar;
    private final ExtensionAdvisor advisor;
    private final boolean fail;

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ConfigurableListableBeanFactory beans;

    /**
     * Creates the check.
     *
     * @param guard what the extensions' proxies are made known to
     * @param registrar knows their names
     * @param advisor what contains them
     * @param fail whether an extension that is not contained stops the start
     */
    public ContainmentCheck(
            ExtensionGuard guard, ExtensionRegistrar registrar, ExtensionAdvisor advisor, boolean fail) {
        this.guard = guard;
        this.registrar = registrar;
        this.advisor = advisor;
        this.fail = fail;
    }

    @Override
    public void setBeanFactory(BeanFactory beans) {
        this.beans = (ConfigurableListableBeanFactory) beans;
    }

    @Override
    public void afterSingletonsInstantiated() {
        advisor.prepare(guard);
        boolean proxying = beans.containsBean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME);
        for (String name : beans.getBeanNamesForType(ExtensionCapability.class, true, false)) {
            if (!beans.containsSingleton(name)) {
                checkUncreated(name, proxying);
            } else if (beans.getBean(name) instanceof ExtensionCapability extension) {
                check(name, extension);
            }
        }
    }

    /** A lazy or prototype bean is not created for the sake of looking at it: it will be advised if any is. */
    private void checkUncreated(String name, boolean proxying) {
        Class<?> type = beans.getType(name, false);
        if (!proxying && type != null && !AopInfrastructureBean.class.isAssignableFrom(type) && !isWoven(type)) {
            report(name, type);
        }
    }

    private void check(String name, ExtensionCapability extension) {
        if (extension instanceof AopInfrastructureBean) {
            return; // A scoped proxy: it is its target that is contained.
        }
        if (!isAdvised(extension) && !WovenType.of(extension.getClass()).isContained()) {
            report(name, extension.getClass());
        }
        registrar.extensionOf(name).ifPresent(known -> guard.registerAs(extension, known));
    }

    private void report(String name, Class<?> type) {
        UnguardedExtensionException unguarded = new UnguardedExtensionException(name, type.getName());
        if (fail) {
            throw unguarded;
        }
        logger.warn(unguarded.getMessage());
    }

    /** A class tells whether it is woven once it is initialized. What an interface hides may be a lambda, which cannot be. */
    private static boolean isWoven(Class<?> type) {
        try {
            return !type.isInterface()
                    && WovenType.of(Class.forName(type.getName(), true, type.getClassLoader()))
                            .isContained();
        } catch (Throwable broken) { // Its static initializer may throw anything.
            return false;
        }
    }

    private static boolean isAdvised(Object bean) {
        return bean instanceof Advised advised
                && Arrays.stream(advised.getAdvisors()).anyMatch(ExtensionAdvisor.class::isInstance);
    }
}
