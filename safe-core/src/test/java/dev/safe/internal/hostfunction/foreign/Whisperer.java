package dev.safe.internal.hostfunction.foreign;

/** Whispers, or throws if told to. */
public final class Whisperer implements Whisper {

    private final boolean broken;

    /** Broken or not. */
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
