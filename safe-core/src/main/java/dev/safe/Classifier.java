package dev.safe;

import java.util.Collection;
import java.util.Set;

/** Decides what a throwable is: the one place where that is written down. Immutable. */
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

    /** Returns whether the JVM is in doubt. A stack overflow is a bug of the extension, and the stack is whole again by now. */
    static boolean isFatal(Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
    }

    /** Returns whether setup and teardown declare it. A bare {@link Throwable} is checked too, but they do not declare it. */
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
