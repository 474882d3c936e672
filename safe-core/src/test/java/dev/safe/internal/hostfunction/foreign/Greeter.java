package dev.safe.internal.hostfunction.foreign;

/** Greets, or throws if told to. */
public final class Greeter implements Greeting {

    private final boolean broken;

    /** Broken or not. */
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
