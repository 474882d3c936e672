package acme.pinboard;

/** A throwable that holds on to the extension. */
public class LooseNoteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Pinboard board;

    LooseNoteException(Pinboard board) {
        super("a note came loose");
        this.board = board;
    }

    @Override
    public String toString() {
        return super.toString() + " from " + board.name();
    }
}
