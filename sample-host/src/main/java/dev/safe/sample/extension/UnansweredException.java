package dev.safe.sample.extension;

/** A cell was done with a request without answering it, or never got it. */
public final class UnansweredException extends Exception {

    private static final long serialVersionUID = 1L;

    UnansweredException() {
        super("the cell did not answer");
    }
}
