package acme.pinboard;

/** A type that only this plugin's class loader knows. */
public record Note(String text) {}
