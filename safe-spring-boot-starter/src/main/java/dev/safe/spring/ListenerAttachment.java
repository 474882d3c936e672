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
 * Attaches the listeners of its own context to the guard once the singletons are up. Not before: the guard may be needed by
 * the first post processor, and a meter registry that is created that early has none of its customizers applied. What was
 * counted until then is caught up on. Those of a parent context are attached there. They are detached with the last that is
 * destroyed in the context, so that what its beans throw while it closes is still reported.
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
     * @param guard what the listeners listen to
     * @param registrar what detaches them in the end
     * @param listeners the listeners, in their order, those of ancestors among them
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
        return Stream.concat(ordered, own.stream()); // A prototype is another one each time that it is asked for.
    }
}
