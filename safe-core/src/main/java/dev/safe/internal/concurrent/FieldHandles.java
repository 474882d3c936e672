package dev.safe.internal.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Finds the handles of a class's own fields, for static initialisers. */
public final class FieldHandles {

    private FieldHandles() {}

    /**
     * Finds the handle of a field.
     *
     * @param lookup a lookup of the class that has the field
     * @param name the field's name
     * @param type the field's type
     * @return its handle
     */
    public static VarHandle find(MethodHandles.Lookup lookup, String name, Class<?> type) {
        try {
            return lookup.findVarHandle(lookup.lookupClass(), name, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }
}
