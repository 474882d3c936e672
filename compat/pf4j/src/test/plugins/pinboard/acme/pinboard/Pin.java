package acme.pinboard;

/** An interface that only this plugin's class loader knows. */
public interface Pin {

    /** Returns a note. */
    Note stick();
}
