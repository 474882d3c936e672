package dev.safe.internal.hostfunction.foreign;

import java.util.function.Supplier;

/** A public interface, to be loaded by whichever class loader. */
public interface Greeting extends Supplier<String> {

    /** Called by those that know only {@code Supplier}. */
    @Override
    default String get() {
        return greet() + "!";
    }

    /** The one abstract method. */
    String greet();
}
