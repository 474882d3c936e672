package acme.pinboard;

/** A host function of the plugin's own type, that panics. */
public final class LoosePin implements Pin {

    @Override
    public Note stick() {
        throw new LooseNoteException(new Pinboard());
    }
}
