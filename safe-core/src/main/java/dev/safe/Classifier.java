package dev.safe;

import java.util.Collection;
import java.util.Set;

/** Decides what a throwable is. Nothing else decides that. Immutable. */
final class Classifier {

    private final Class<?>[] passThrough;

    Classifier(Collection<Class<? extends Throwable>> passThrough) {
        this.passThrough = passThrough.toArray(new Class<?>[0]);
    }

    Outcome classify(Throwable thrown, Phase phase, Set<Class<? extends Throwable>> errors) {
        if (isPassThrough(thrown)) {
            return Outcome.PASS_THROUGH;
        }
        if (isFatal(thrown)) {
            return Outcome.FATAL;
        }
        if (!phase.isRejectable() && (isChecked(thrown) || isOneOf(errors, thrown))) {
            return Outcome.ERROR;
        }
        return Outcome.PANIC;
    }

    boolean isPassThrough(Throwable thrown) {
        for (Class<?> type : passThrough) {
            if (type.isInstance(thrown)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether the JVM can no longer be trusted. A stack overflow is different: it is a bug in the extension,
     * and the stack has unwound by now.
     */
    static boolean isFatal(Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
    }

    /**
     * Returns whether setup and teardown declare it. They do not declare a bare {@link Throwable}, although it is
     * checked.
     */
    private static boolean isChecked(Throwable thrown) {
        return thrown instanceof Exception && !(thrown instanceof RuntimeException);
    }

    private static boolean isOneOf(Set<Class<? extends Throwable>> types, Throwable thrown) {
        for (Class<? extends Throwable> type : types) {
            if (type.isInstance(thrown)) {
                return true;
            }
        }
        return false;
    }
}
