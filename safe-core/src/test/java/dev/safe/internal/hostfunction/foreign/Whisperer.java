package dev.safe.internal.hostfunction.foreign;

/** Whispers, or throws if it is broken. */
public final class Whisperer implements Whisper {

    private final boolean broken;

    /** Creates a whisperer. */
    public Whisperer(boolean broken) {
        this.broken = broken;
    }

    @Override
    public String get() {
        if (broken) {
            throw new IllegalStateException("boom");
        }
        return "psst";
    }
}
