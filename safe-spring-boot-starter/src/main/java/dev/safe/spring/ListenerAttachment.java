package dev.safe.spring;

import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Attaches the listeners of its own context to the guard once the singletons are up. An earlier time would be too
 * early: the first post-processor may need the guard, and a meter registry created that early misses its customizers.
 * The listeners then receive the counts so far. A parent context attaches its own listeners.
 *
 * <p>The registrar, which is the last bean that the context destroys, detaches the listeners. So what the context's
 * beans throw while it closes is still reported.
 *
 * @since 0.1
 */
public final class ListenerAttachment implements SmartInitializingSingleton, BeanFactoryAware {

    private final ExtensionGuard guard;
    private final ExtensionRegistrar registrar;
    private final ObjectProvider<GuardListener> listeners;

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ConfigurableListableBeanFactory beans;

    /**
     * Creates the attachment.
     *
     * @param guard the guard to listen to
     * @param registrar detaches the listeners in the end
     * @param listeners the listeners in their order, those of ancestors included
     */
    public ListenerAttachment(
            ExtensionGuard guard, ExtensionRegistrar registrar, ObjectProvider<GuardListener> listeners) {
        this.guard = guard;
        this.registrar = registrar;
        this.listeners = listeners;
    }

    @Override
    public void setBeanFactory(BeanFactory beans) {
        this.beans = (ConfigurableListableBeanFactory) beans;
    }

    @Override
    public void afterSingletonsInstantiated() {
        registrar.publishEventsOf(guard);
        inOrder().forEach(listener -> registrar.attach(guard, listener));
    }

    private Stream<GuardListener> inOrder() {
        if (beans.getParentBeanFactory() == null) {
            return listeners.orderedStream();
        }
        Set<GuardListener> own = Arrays.stream(beans.getBeanNamesForType(GuardListener.class))
                .map(name -> beans.getBean(name, GuardListener.class))
                .collect(Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
        Stream<GuardListener> ordered = listeners.orderedStream().filter(own::remove).toList().stream();
        return Stream.concat(ordered, own.stream()); // Each request for a prototype creates a new instance.
    }
}
