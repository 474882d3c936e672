package acme.feed;

/** What other plugins use of this one. */
public final class Rates {

    private Rates() {}

    /** Returns the version of the jar that this class is from. */
    public static String version() {
        return Rates.class.getPackage().getImplementationVersion();
    }
}
