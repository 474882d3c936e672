package dev.safe;

/** What the guard knows of an instance, once it has asked the instance for its name. */
abstract class Identity {

    /** Returns the extension's name. */
    abstract String name();

    /** Returns the boundary of an entry point. */
    abstract Boundary boundary(Phase phase);

    /**
     * The identity of an instance whose name is not valid. Its calls are refused, without asking it again. Immutable.
     */
    static final class Invalid extends Identity {

        private final String rule;

        Invalid(String rule) {
            this.rule = rule;
        }

        @Override
        String name() {
            throw refusal();
        }

        @Override
        Boundary boundary(Phase phase) {
            throw refusal();
        }

        private IllegalArgumentException refusal() {
            return new IllegalArgumentException(rule);
        }
    }
}
