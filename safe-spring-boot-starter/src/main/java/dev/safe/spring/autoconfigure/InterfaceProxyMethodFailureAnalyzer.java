package dev.safe.spring.autoconfigure;

import dev.safe.spring.ExtensionRegistrar;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.ClassUtils;

/**
 * Explains that Spring cannot call a method of an extension bean, such as an event listener, because the bean's proxy has
 * only the methods of its interfaces. Spring's own advice, to proxy the class, cannot help: the class cannot be subclassed.
 */
final class InterfaceProxyMethodFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

    private static final Pattern SPRINGS_MESSAGE = Pattern.compile(
            "Need to invoke method '([^']+)' declared on target class '([^']+)', but not found in any interface");

    private final BeanFactory beans;

    InterfaceProxyMethodFailureAnalyzer(BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
        return Stream.iterate((Throwable) cause, Objects::nonNull, Throwable::getCause)
                .map(thrown -> SPRINGS_MESSAGE.matcher(String.valueOf(thrown.getMessage())))
                .filter(Matcher::find)
                .flatMap(
                        message -> bean(message.group(2)).map(bean -> analysis(bean, message.group(1), cause)).stream())
                .findFirst()
                .orElse(null);
    }

    private Optional<String> bean(String declaring) {
        return ExtensionRegistrar.findProxiedByInterfaces(beans, type -> hasSimpleName(type, declaring));
    }

    /** Returns whether a class or one that it extends has a name. */
    private boolean hasSimpleName(String type, String simpleName) {
        ClassLoader loader = beans instanceof ConfigurableBeanFactory configurable
                ? configurable.getBeanClassLoader()
                : ClassUtils.getDefaultClassLoader();
        try {
            return Stream.<Class<?>>iterate(
                            ClassUtils.resolveClassName(type, loader), Objects::nonNull, Class::getSuperclass)
                    .anyMatch(each -> each.getSimpleName().equals(simpleName));
        } catch (IllegalArgumentException | IllegalStateException gone) {
            return type.endsWith("." + simpleName) || type.endsWith("$" + simpleName);
        }
    }

    private static FailureAnalysis analysis(String bean, String method, Throwable cause) {
        return new FailureAnalysis(
                ("Spring cannot call the method '%s' of the extension bean '%s'. The bean is contained by a proxy of its"
                                + " interfaces, which do not have the method, since its class cannot be subclassed: it is final"
                                + " (as records and Kotlin's classes are), sealed or hidden, has a final entry point or private"
                                + " constructors only, or comes from another class loader.")
                        .formatted(method, bean),
                "Move the method to a bean of its own.",
                cause);
    }
}
