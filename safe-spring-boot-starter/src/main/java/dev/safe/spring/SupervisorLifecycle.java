package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.supervisor.EventSink;
import dev.safe.supervisor.ExtensionSupervisor;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs all extension beans of a context in an {@link ExtensionSupervisor}. At a restart, a prototype gets a new
 * instance, and a singleton is set up again. Starts before a web server and stops after it, so that no request finds an
 * extension down. While it runs, it keeps the JVM running, with or without a web server. Thread-safe.
 *
 * @since 0.1
 */
public final class SupervisorLifecycle implements SmartLifecycle {

    /** Those that are running, of all contexts. */
    private static final Set<SupervisorLifecycle> ALL = ConcurrentHashMap.newKeySet();

    private final ConfigurableListableBeanFactory beans;
    private final ExtensionGuard guard;
    private final EventSink sink;
    private final Function<ExtensionSupervisor.Builder, ExtensionSupervisor> build;
    private final AtomicReference<@Nullable Run> running = new AtomicReference<>();

    /** From a start to its stop. */
    private record Run(ExtensionSupervisor supervisor, KeepAlive keepAlive) {}

    /**
     * Creates the lifecycle. It runs the extensions once it is started.
     *
     * @param beans the context's beans
     * @param guard what extensions are called through
     * @param sink takes the events
     * @param build applies settings, and builds the supervisor
     */
    public SupervisorLifecycle(
            ConfigurableListableBeanFactory beans,
            ExtensionGuard guard,
            EventSink sink,
            Function<ExtensionSupervisor.Builder, ExtensionSupervisor> build) {
        this.beans = beans;
        this.guard = guard;
        this.sink = sink;
        this.build = build;
    }

    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public void start() {
        ExtensionSupervisor.Builder builder = ExtensionSupervisor.builder(guard, sink);
        for (String bean : beans.getBeanNamesForType(ExtensionCapability.class)) {
            if (!ScopedProxyUtils.isScopedTarget(bean)) {
                add(builder, bean);
            }
        }
        Run run = new Run(build.apply(builder), new KeepAlive());
        if (running.compareAndSet(null, run)) {
            ALL.add(this);
            run.supervisor().start();
            run.keepAlive().start();
        }
    }

    /** Adds a bean. Leaves it out if its method returned null, in place of which Spring has an object equal to null. */
    private void add(ExtensionSupervisor.Builder builder, String bean) {
        Object made = beans.getBean(bean);
        if (made instanceof ExtensionCapability extension) {
            add(builder, bean, extension);
        } else if (!Objects.equals(made, null)) {
            throw new BeanNotOfRequiredTypeException(bean, ExtensionCapability.class, made.getClass());
        }
    }

    private void add(ExtensionSupervisor.Builder builder, String bean, ExtensionCapability first) {
        if (beans.isPrototype(bean)) {
            builder.extension(guard.guarded(first).name(), new Prototypes(bean, first));
        } else {
            builder.extension(first);
        }
    }

    /** Makes instances of a prototype. The first instance was made to find out the name. */
    private final class Prototypes implements Supplier<ExtensionCapability> {

        private final String bean;
        private final AtomicReference<@Nullable ExtensionCapability> first;

        Prototypes(String bean, ExtensionCapability first) {
            this.bean = bean;
            this.first = new AtomicReference<>(first);
        }

        @Override
        public ExtensionCapability get() {
            ExtensionCapability made = first.getAndSet(null);
            return made != null ? made : beans.getBean(bean, ExtensionCapability.class);
        }
    }

    @Override
    public void stop() {
        Run run = running.getAndSet(null);
        if (run != null) {
            ALL.remove(this);
            try {
                run.supervisor().close();
            } finally {
                run.keepAlive().stop();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running.get() != null;
    }

    /**
     * Restarts an extension of this context, or of another one that shares its guard.
     *
     * @param extension its name
     * @param reason why, as operators read it
     * @throws NoSuchElementException if it is not one of the extension beans
     * @throws IllegalStateException if the supervisor is not running
     */
    public void restart(String extension, String reason) {
        supervisorOf(extension).restart(extension, reason);
    }

    private ExtensionSupervisor supervisorOf(String extension) {
        for (SupervisorLifecycle any : ALL) {
            Run run = any.guard == guard ? any.running.get() : null;
            if (run != null && run.supervisor().names().contains(extension)) {
                return run.supervisor();
            }
        }
        Run own = running.get();
        if (own == null) {
            throw new IllegalStateException("the supervisor is not running");
        }
        return own.supervisor();
    }

    /**
     * Returns how often an extension was restarted.
     *
     * @param extension its name
     * @return the number of restarts so far; null if it is not supervised
     */
    public @Nullable Long restarts(String extension) {
        return guard.snapshot(extension).map(ExtensionSnapshot::restarts).orElse(null);
    }
}
