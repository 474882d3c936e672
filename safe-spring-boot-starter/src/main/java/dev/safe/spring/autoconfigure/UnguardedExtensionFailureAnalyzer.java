package dev.safe.spring.autoconfigure;

import dev.safe.spring.UnguardedExtensionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that an extension bean is not contained. */
final class UnguardedExtensionFailureAnalyzer extends AbstractFailureAnalyzer<UnguardedExtensionException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnguardedExtensionException cause) {
        return new FailureAnalysis(
                "The extension bean '%s' of type %s is not contained: no advice reaches it."
                        .formatted(cause.bean(), cause.type()),
                "Let Spring create and proxy the bean (spring.aop.auto=true, no manual singleton),"
                        + " or register what ExtensionGuard.guarded(..) returns for it in its place.",
                cause);
    }
}
