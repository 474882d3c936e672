package dev.safe.internal.hostfunction.foreign;

import java.util.function.Supplier;

/** A public interface, to be loaded by whichever class loader. */
public interface Greeting extends Supplier<String> {

    /** What a caller sees that knows no more than {@code Supplier}. */
    @Override
    default String get() {
        return greet() + "!";
    }

    /** The one abstract method. */
    String greet();
}
