package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Registers every extension bean with the guard when it is created, and makes Spring proxy it in a way that its class
 * allows. Registers the guard for woven code, which gets no beans injected.
 *
 * <p>Runs before the auto-proxy creator. It is the first to see the bean's real class, since the definition of a bean
 * method or of a {@code FactoryBean} may name only the interface. When the context closes, it removes the context's
 * extensions and listeners from the guard, which may be a parent's. Thread-safe.
 *
 * @since 0.1
 */
public final class ExtensionRegistrar
        implements SmartInstantiationAwareBeanPostProcessor, BeanFactoryAware, PriorityOrdered, DisposableBean {

    private static final Logger logger = LoggerFactory.getLogger(ExtensionRegistrar.class);

    private static final String SCOPED_TARGET = "scopedTarget.";

    private record Attached(ExtensionGuard guard, GuardListener listener) {}

    private final ObjectProvider<ExtensionGuard> guard;
    private final Map<String, String> beanOfExtension = new ConcurrentHashMap<>();
    private final Map<String, String> extensionOfBean = new ConcurrentHashMap<>();
    private final Map<String, WeakReference<ExtensionCapability>> scopedProxies = new ConcurrentHashMap<>();
    private final Map<String, BeanDefinition> definitionsWithOtherRole = new ConcurrentHashMap<>();
    private final Set<ExtensionGuard> usedGuards = ConcurrentHashMap.newKeySet();
    private final Set<ExtensionGuard> ownGuards = ConcurrentHashMap.newKeySet();
    private final List<Attached> attached = new CopyOnWriteArrayList<>();
    private volatile @Nullable ExtensionGuard registeredWith;
    private volatile @Nullable ExtensionGuard publishedGuard;
    private volatile @Nullable ContainmentCheck check;

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ConfigurableListableBeanFactory beans;

    /**
     * Creates the registrar.
     *
     * @param guard provides the guard to register extensions with; asked at the first extension
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
     * Keeps Spring from warning that an extension is not eligible for auto-proxying when another post-processor creates
     * it early. The extension is eligible: by then this post-processor and the auto-proxy creator are in place.
     */
    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        if (ExtensionCapability.class.isAssignableFrom(beanClass) && beans.containsBeanDefinition(beanName)) {
            BeanDefinition definition = beans.getBeanDefinition(beanName);
            if (definition.getRole() == BeanDefinition.ROLE_APPLICATION) {
                definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
                definitionsWithOtherRole.put(beanName, definition);
            }
        }
        return null;
    }

    @Override
    public Object getEarlyBeanReference(Object bean, String beanName) {
        return registerIfExtension(bean, beanName);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ExtensionGuard own) {
            ownGuards.add(own);
            noteUse(own);
        }
        BeanDefinition changed = definitionsWithOtherRole.remove(beanName);
        if (changed != null) {
            changed.setRole(BeanDefinition.ROLE_APPLICATION);
        }
        return registerIfExtension(bean, beanName);
    }

    /**
     * Notes that this context uses a guard. Woven calls find their guard by it, and contexts find those that share the
     * guard.
     */
    void noteUse(ExtensionGuard inUse) {
        if (usedGuards.add(inUse)) {
            GuardsInUse.add(inUse, this);
        }
    }

    /** Notes the guard whose events this context publishes. */
    void publishEventsOf(ExtensionGuard used) {
        noteUse(used);
        publishedGuard = used;
    }

    /** Attaches a listener, unless another context that shares the guard has attached it already. */
    void attach(ExtensionGuard used, GuardListener listener) {
        boolean isAttached;
        synchronized (GuardsInUse.LOCK) {
            isAttached = GuardsInUse.isAttached(used, listener);
            attached.add(new Attached(used, listener));
        }
        if (!isAttached) {
            used.addListener(listener);
        }
    }

    /**
     * Removes this context's extensions and listeners from the guard. Runs last in the context, since a bean that calls
     * its extensions while it is destroyed would register them again. What another context shares stays. So do the
     * counts of a guard that closes with this context.
     */
    @Override
    public void destroy() {
        List<Attached> detached;
        Set<String> left;
        ExtensionGuard own = registeredWith;
        synchronized (GuardsInUse.LOCK) {
            GuardsInUse.remove(this);
            left = own == null || closesWithThisContext(own) ? Set.of() : namesNotShared(own);
            detached = attached.stream()
                    .filter(mine -> !GuardsInUse.isAttached(mine.guard(), mine.listener()))
                    .toList();
        }
        if (own != null) {
            left.forEach(name -> remove(own, name));
        }
        detached.forEach(mine -> mine.guard().removeListener(mine.listener()));
        attached.clear();
    }

    private boolean closesWithThisContext(ExtensionGuard own) {
        return ownGuards.contains(own) && GuardsInUse.contextsOf(own).isEmpty();
    }

    private Set<String> namesNotShared(ExtensionGuard own) {
        return beanOfExtension.keySet().stream()
                .filter(name -> !GuardsInUse.isRegistered(own, name))
                .collect(Collectors.toSet());
    }

    private static void remove(ExtensionGuard own, String extension) {
        try {
            own.remove(extension);
        } catch (NoSuchElementException removed) {
            logger.trace("'{}' was removed by hand", extension);
        }
    }

    /** Returns whether a bean of this context is the extension. */
    boolean hasRegistered(String extension) {
        return beanOfExtension.containsKey(extension);
    }

    boolean hasAttached(GuardListener listener) {
        return attached.stream().anyMatch(mine -> mine.listener() == listener);
    }

    /** Returns whether this context publishes what happens to an extension. */
    boolean publishes(String extension) {
        ExtensionGuard own = publishedGuard;
        return own != null && GuardsInUse.isPublisher(own, extension, this);
    }

    private Object registerIfExtension(Object bean, String beanName) {
        if (!(bean instanceof ExtensionCapability extension)) {
            return bean;
        }
        if (bean instanceof ScopedObject) {
            scopedProxies.put(beanName, new WeakReference<>(extension));
            return bean;
        }
        String name = registerByName(extension, beanName);
        Object exposed = InterfaceProxying.prepare(beans, beanName, extension);
        if (exposed != bean) {
            guard.getObject().registerAs((ExtensionCapability) exposed, name);
        }
        return exposed;
    }

    private String registerByName(ExtensionCapability extension, String beanName) {
        String bean = withoutScope(beanName);
        String name = nameOf(extension, bean);
        String other = beanOfExtension.putIfAbsent(name, bean);
        if (other != null && !other.equals(bean)) {
            if (beans.containsLocalBean(other)) {
                throw new DuplicateExtensionException(name, other, bean);
            }
            beanOfExtension.put(name, bean); // The other bean is gone, for example because a plugin was loaded again.
        }
        extensionOfBean.put(bean, name);
        registerScopedProxy(bean, name);
        return name;
    }

    /** Registers the proxy of a scoped bean under the extension of its target, so that the guard does not ask it. */
    private void registerScopedProxy(String bean, String name) {
        WeakReference<ExtensionCapability> reference = scopedProxies.get(bean);
        ExtensionCapability proxy = reference == null ? null : reference.get();
        if (proxy != null) {
            guard.getObject().registerAs(proxy, name);
        }
    }

    private String nameOf(ExtensionCapability extension, String beanName) {
        try {
            ExtensionGuard own = guard.getObject();
            registeredWith = own;
            noteUse(own);
            return own.register(extension, identityOf(beanName));
        } catch (IllegalArgumentException invalid) {
            throw new InvalidExtensionNameException(
                    beanName, extension.getClass().getName(), String.valueOf(invalid.getMessage()));
        }
    }

    /** Turns a bean's name into a valid extension name, for a bean that cannot return its own. */
    private static String identityOf(String beanName) {
        String safe = beanName.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        return safe.isEmpty() ? "unnamed" : safe.substring(0, Math.min(64, safe.length()));
    }

    /**
     * Finds the bean that is proxied by its interfaces because its class cannot be subclassed. Looks only at
     * definitions, since the bean may have been destroyed.
     *
     * @param context the context to search, with its ancestors; null for none
     * @param type the bean's class
     * @return the bean's name, or empty if no bean is found
     */
    public static Optional<String> findProxiedByInterfaces(@Nullable BeanFactory context, Class<?> type) {
        return findProxiedByInterfaces(context, type.getName()::equals);
    }

    /**
     * Finds the bean that is proxied by its interfaces because its class cannot be subclassed.
     *
     * @param context the context to search, with its ancestors; null for none
     * @param type matches the name of the bean's class
     * @return the bean's name, or empty if no bean is found
     */
    public static Optional<String> findProxiedByInterfaces(@Nullable BeanFactory context, Predicate<String> type) {
        return withAncestors(context)
                .flatMap(factory -> Arrays.stream(factory.getBeanDefinitionNames())
                        .filter(name -> factory.getBeanDefinition(name).getAttribute(InterfaceProxying.CLASS_ATTRIBUTE)
                                        instanceof String proxied
                                && type.test(proxied)))
                .findFirst();
    }

    /** Returns a context and its ancestors, the nearest first. */
    static Stream<ConfigurableListableBeanFactory> withAncestors(@Nullable BeanFactory context) {
        return Stream.iterate(context, Objects::nonNull, ExtensionRegistrar::parentOf)
                .filter(ConfigurableListableBeanFactory.class::isInstance)
                .map(ConfigurableListableBeanFactory.class::cast);
    }

    private static @Nullable BeanFactory parentOf(@Nullable BeanFactory context) {
        return context instanceof HierarchicalBeanFactory child ? child.getParentBeanFactory() : null;
    }

    /**
     * Returns whether some extension bean of this context, or of one that shares its guard, has not been created yet,
     * because it is lazy, a prototype, or scoped.
     *
     * @return true if there is one
     */
    public boolean hasUncreatedBeans() {
        return hasUncreatedBeansOfItsOwn()
                || usedGuards.stream()
                        .flatMap(used -> GuardsInUse.contextsOf(used).stream())
                        .anyMatch(ExtensionRegistrar::hasUncreatedBeansOfItsOwn);
    }

    private boolean hasUncreatedBeansOfItsOwn() {
        return Arrays.stream(beans.getBeanNamesForType(ExtensionCapability.class, true, false))
                .anyMatch(name -> !beans.containsSingleton(name) && !extensionOfBean.containsKey(withoutScope(name)));
    }

    void setCheck(ContainmentCheck own) {
        check = own;
    }

    @Nullable ContainmentCheck check() {
        return check;
    }

    boolean isRegistrarOf(BeanFactory factory) {
        return beans == factory;
    }

    /** Registers an instance under the extension of its bean. */
    void registerInstance(ExtensionCapability instance, String beanName) {
        ExtensionGuard own = registeredWith;
        if (own != null) {
            extensionOf(beanName).ifPresent(name -> own.registerAs(instance, name));
        }
    }

    /** Returns the extension of a bean, if the bean has been created. */
    Optional<String> extensionOf(String beanName) {
        return Optional.ofNullable(extensionOfBean.get(withoutScope(beanName)));
    }

    private static String withoutScope(String beanName) {
        return beanName.startsWith(SCOPED_TARGET) ? beanName.substring(SCOPED_TARGET.length()) : beanName;
    }
}
