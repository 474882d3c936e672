package dev.safe.sample.extension;

/** Reports that a cell finished a request without an answer, or never received it. */
public final class UnansweredException extends Exception {

    private static final long serialVersionUID = 1L;

    UnansweredException() {
        super("the cell did not answer");
    }
}
