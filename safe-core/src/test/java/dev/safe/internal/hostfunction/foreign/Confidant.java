package dev.safe.internal.hostfunction.foreign;

/** A public interface with a method that returns a type that only its package may name. */
public interface Confidant {

    /** Answers. */
    Whisper ask(Whisper question);

    /** Asks a confidant, from within the package. */
    static String exchange(Confidant confidant) {
        Whisper answer = confidant.ask(() -> "why");
        return answer == null ? null : answer.get();
    }
}
