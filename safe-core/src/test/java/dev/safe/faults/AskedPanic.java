package dev.safe.faults;

/** A panic whose every method that a log may call is foreign code. */
final class AskedPanic extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Faults faults;

    AskedPanic(Faults faults, String message) {
        super(message, new IllegalArgumentException("the cause"));
        this.faults = faults;
    }

    @Override
    public String getMessage() {
        faults.at(Place.GET_MESSAGE);
        return super.getMessage();
    }

    @Override
    public String getLocalizedMessage() {
        faults.at(Place.GET_LOCALIZED_MESSAGE);
        return super.getLocalizedMessage();
    }

    @Override
    public Throwable getCause() {
        faults.at(Place.GET_CAUSE);
        return super.getCause();
    }

    @Override
    public StackTraceElement[] getStackTrace() {
        faults.at(Place.GET_STACK_TRACE);
        return super.getStackTrace();
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        faults.at(Place.TO_STRING);
        return super.toString();
    }
}
