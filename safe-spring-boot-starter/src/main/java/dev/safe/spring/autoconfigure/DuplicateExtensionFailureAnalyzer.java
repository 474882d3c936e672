package dev.safe.spring.autoconfigure;

import dev.safe.spring.DuplicateExtensionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that two beans have the same extension name. */
final class DuplicateExtensionFailureAnalyzer extends AbstractFailureAnalyzer<DuplicateExtensionException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DuplicateExtensionException cause) {
        return new FailureAnalysis(
                "The beans '%s' and '%s' are both extensions named \"%s\". They would share counts, policy and quarantine."
                        .formatted(cause.firstBean(), cause.secondBean(), cause.extension()),
                "Return a different name() from one of them.",
                cause);
    }
}
