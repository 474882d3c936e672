package dev.safe.internal.hostfunction.foreign;

/** Greets, or throws if it is broken. */
public final class Greeter implements Greeting {

    private final boolean broken;

    /** Creates a greeter. */
    public Greeter(boolean broken) {
        this.broken = broken;
    }

    @Override
    public String greet() {
        if (broken) {
            throw new IllegalStateException("boom");
        }
        return "hello";
    }
}
