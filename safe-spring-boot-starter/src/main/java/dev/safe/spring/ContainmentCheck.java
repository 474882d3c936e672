package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.aop.Advice;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Finds extension beans that no advice reaches and whose class was not woven, in the context and its ancestors. Looks
 * once the singletons are up, once the application is ready, and whenever it is asked. Warns about each bean once, or
 * fails the start. Losing containment silently is the worst that can happen here. Thread-safe.
 *
 * <p>Does not see beans of a child context that Safe does not configure, nor extensions that are not beans.
 *
 * @since 0.1
 */
public final class ContainmentCheck
        implements SmartInitializingSingleton, BeanFactoryAware, ApplicationListener<ApplicationReadyEvent> {

    private static final Logger logger = LoggerFactory.getLogger(ContainmentCheck.class);

    /** Holds the bean names warned about in each context, since several contexts may look at the same ancestor. */
    private static final Map<BeanFactory, Set<String>> WARNED = Collections.synchronizedMap(new WeakHashMap<>());

    private final ExtensionGuard guard;
    private final ExtensionRegistrar registrar;
    private final ExtensionAdvisor advisor;
    private final boolean fail;

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ConfigurableListableBeanFactory beans;

    /**
     * Creates the check.
     *
     * @param guard the guard to register the extensions' proxies with
     * @param registrar knows the extensions' names
     * @param advisor contains the extensions
     * @param fail whether an extension that is not contained fails the start
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
        advisor.setGuard(guard);
        registrar.setCheck(this);
        warnOrFail();
    }

    /** Looks again, since a runner may have registered a singleton or loaded a plugin. */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        if (event.getApplicationContext().getBeanFactory() == beans) { // A child's event arrives here, too.
            warnOrFail();
        }
    }

    private void warnOrFail() {
        Search search = new Search();
        search(search);
        if (fail && !search.found.isEmpty()) {
            UnguardedExtension first = search.found.get(0).extension();
            throw new UnguardedExtensionException(first.bean(), first.type());
        }
        search.found.forEach(Found::warnOnce);
    }

    /**
     * Looks at all beans, including those of other open contexts that share the guard. Creates none.
     *
     * @return the extension beans that are not contained; each is warned about once
     */
    public List<UnguardedExtension> unguarded() {
        Search search = new Search();
        search(search);
        for (ExtensionRegistrar context : GuardsInUse.contextsOf(guard)) {
            ContainmentCheck other = context.check();
            if (other != null) {
                other.search(search);
            }
        }
        search.found.forEach(Found::warnOnce);
        return search.found.stream().map(Found::extension).toList();
    }

    /**
     * Looks for extension beans that are not contained, if there is a check.
     *
     * @param check the check; not available if {@code safe.enabled} is false, or the guard is the host's own
     * @return the extension beans that are not contained, none if there is no check
     */
    public static List<UnguardedExtension> unguarded(ObjectProvider<ContainmentCheck> check) {
        ContainmentCheck available = check.getIfAvailable();
        return available == null ? List.of() : available.unguarded();
    }

    /** Collects the contexts searched and the extensions found. */
    private static final class Search {

        private final Set<BeanFactory> searched = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<Found> found = new ArrayList<>();
    }

    /** Holds an extension that is not contained, and the context it was found in. */
    private record Found(BeanFactory context, UnguardedExtension extension) {

        void warnOnce() {
            Set<String> warned = WARNED.computeIfAbsent(context, key -> ConcurrentHashMap.newKeySet());
            if (warned.add(extension.bean())) {
                logger.warn(new UnguardedExtensionException(extension.bean(), extension.type()).getMessage());
            }
        }
    }

    private void search(Search search) {
        ExtensionRegistrar.withAncestors(beans)
                .filter(search.searched::add)
                .forEach(factory -> search(factory, search));
    }

    private void search(ConfigurableListableBeanFactory factory, Search search) {
        for (String name : factory.getBeanNamesForType(ExtensionCapability.class, true, false)) {
            ExtensionCapability extension = createdBean(factory, name);
            Class<?> type = extension != null ? extension.getClass() : factory.getType(name, false);
            if (extension != null && factory == beans) {
                registrar.extensionOf(name).ifPresent(known -> guard.registerAs(extension, known));
            }
            if (type != null && !(extension != null ? isContained(extension) : willBeContained(factory, type))) {
                search.found.add(
                        new Found(factory, new UnguardedExtension(name, type.getName(), extensionOf(factory, name))));
            }
        }
    }

    private static @Nullable ExtensionCapability createdBean(ConfigurableListableBeanFactory factory, String name) {
        try {
            return factory.containsSingleton(name)
                            && factory.isSingleton(name) // Otherwise getBean makes a new one.
                            && factory.getBean(name) instanceof ExtensionCapability extension
                    ? extension
                    : null;
        } catch (BeansException unavailable) { // The factory fails, or the context is closing.
            return null;
        }
    }

    private boolean isContained(ExtensionCapability extension) {
        return extension instanceof ScopedObject // The bean is a scoped proxy, whose target is contained.
                || isAdvised(extension)
                || guard.isGuarded(extension)
                || WovenType.of(extension.getClass()).isContained();
    }

    /**
     * Returns whether a bean will be contained once it is created. A lazy or prototype bean is not created just to look
     * at it.
     */
    private boolean willBeContained(ConfigurableListableBeanFactory factory, Class<?> type) {
        return (isProxying(factory) && !isNeverProxied(type))
                || ScopedObject.class.isAssignableFrom(type)
                || isWoven(type);
    }

    /** Returns whether Spring takes a class for part of its proxies, and so makes none for it. */
    private static boolean isNeverProxied(Class<?> type) {
        return Advice.class.isAssignableFrom(type)
                || Pointcut.class.isAssignableFrom(type)
                || Advisor.class.isAssignableFrom(type)
                || AopInfrastructureBean.class.isAssignableFrom(type)
                || AnnotatedElementUtils.hasAnnotation(type, Aspect.class);
    }

    /** Returns whether a context proxies its extensions. Its parent's auto-proxy creator does not see its beans. */
    private boolean isProxying(ConfigurableListableBeanFactory factory) {
        return factory.containsLocalBean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)
                && (factory == beans
                        || BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                                                factory, ExtensionAdvisor.class, true, false)
                                        .length
                                > 0);
    }

    /**
     * Returns a bean's extension, if it is known. Does not ask the bean, since what it threw would not be contained.
     */
    private @Nullable String extensionOf(ConfigurableListableBeanFactory factory, String bean) {
        if (factory == beans) {
            return registrar.extensionOf(bean).orElse(null);
        }
        return GuardsInUse.contextsOf(guard).stream()
                .filter(context -> context.isRegistrarOf(factory))
                .flatMap(context -> context.extensionOf(bean).stream())
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns whether a class is woven. Initializes the class, since it records only then that it was woven. An
     * interface may hide a lambda, which cannot be woven.
     */
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
