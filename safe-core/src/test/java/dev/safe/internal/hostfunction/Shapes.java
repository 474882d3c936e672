package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Interfaces of all shapes. */
public final class Shapes {

    private Shapes() {}

    /** Has every kind of return type, and parameters that take two slots among others that take one. */
    public interface Returns {
        boolean aBoolean(boolean b, long l, byte y);

        byte aByte(double d, byte b, double e);

        short aShort(short s, Object o, long l);

        char aChar(char c, long l, float f);

        int anInt(long l, int i, double d, float f, String s);

        long aLong(int i, long l, long m);

        float aFloat(long l, float f, int i);

        double aDouble(double d, long l, double e);

        void nothing(Object o, long l, int[] ints);

        String anObject(String s, double d, long[][] longs);

        long[] anArray(int i, Object[] objects, long[] longs);
    }

    /** Answers with its arguments. */
    public static class Echo implements Returns {
        Object seen = "nothing yet";

        @Override
        public boolean aBoolean(boolean b, long l, byte y) {
            return b && l == Long.MAX_VALUE && y == 7;
        }

        @Override
        public byte aByte(double d, byte b, double e) {
            return (byte) (b + (d == 0.5 && e == 0.25 ? 0 : 1));
        }

        @Override
        public short aShort(short s, Object o, long l) {
            return (short) (s + (o.equals("o") && l == Long.MIN_VALUE ? 0 : 1));
        }

        @Override
        public char aChar(char c, long l, float f) {
            return l == -1 && f == 1.5f ? c : '!';
        }

        @Override
        public int anInt(long l, int i, double d, float f, String s) {
            return (int) (l + i + d + f + s.length());
        }

        @Override
        public long aLong(int i, long l, long m) {
            return i + l * m;
        }

        @Override
        public float aFloat(long l, float f, int i) {
            return l + f + i;
        }

        @Override
        public double aDouble(double d, long l, double e) {
            return d + l + e;
        }

        @Override
        public void nothing(Object o, long l, int[] ints) {
            seen = o + " " + l + " " + ints.length;
        }

        @Override
        public String anObject(String s, double d, long[][] longs) {
            return s + d + longs[0][0];
        }

        @Override
        public long[] anArray(int i, Object[] objects, long[] longs) {
            longs[i] = objects.length;
            return longs;
        }
    }

    /** Throws a given throwable from every method. */
    public record Thrower(Throwable thrown) implements Returns {

        private <T> T boom() {
            throw Shapes.<RuntimeException>sneaky(thrown);
        }

        @Override
        public boolean aBoolean(boolean b, long l, byte y) {
            return boom();
        }

        @Override
        public byte aByte(double d, byte b, double e) {
            return boom();
        }

        @Override
        public short aShort(short s, Object o, long l) {
            return boom();
        }

        @Override
        public char aChar(char c, long l, float f) {
            return boom();
        }

        @Override
        public int anInt(long l, int i, double d, float f, String s) {
            return boom();
        }

        @Override
        public long aLong(int i, long l, long m) {
            return boom();
        }

        @Override
        public float aFloat(long l, float f, int i) {
            return boom();
        }

        @Override
        public double aDouble(double d, long l, double e) {
            return boom();
        }

        @Override
        public void nothing(Object o, long l, int[] ints) {
            boom();
        }

        @Override
        public String anObject(String s, double d, long[][] longs) {
            return boom();
        }

        @Override
        public long[] anArray(int i, Object[] objects, long[] longs) {
            return boom();
        }

        @Override
        public String toString() {
            return boom();
        }

        @Override
        public boolean equals(Object other) {
            return boom();
        }

        @Override
        public int hashCode() {
            return this.<Integer>boom();
        }
    }

    @SuppressWarnings("unchecked")
    static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /** Returns an int. */
    public interface IntSource {
        int get();
    }

    /** Returns a long. */
    public interface LongSource {
        long get();
    }

    /** Returns a boolean. */
    public interface Flag {
        boolean get();
    }

    /** Returns an array of longs. */
    public interface LongsSource {
        long[] get();
    }

    /** Has two return types that no sentinel fits. */
    public interface TwoResults {
        int number();

        String text(int one, Object... others);
    }

    /** Declares a checked exception. */
    public interface Checked {
        int read(String path) throws IOException, TimeoutException;
    }

    /** Takes variable arguments. */
    public interface Varargs {
        int count(String first, Object... others);
    }

    /** The root of a tree of generic interfaces. */
    public interface Source<T> {
        T next();

        Object label(T of);
    }

    /** Narrows a return type. */
    public interface TextSource extends Source<String> {
        @Override
        String next();

        @Override
        String label(String of);
    }

    /** Inherits the same method from two sides. */
    public interface Diamond extends Supplier<String>, LeftSide, RightSide {
        @Override
        String get();
    }

    /** One side. */
    public interface LeftSide {
        int side();
    }

    /** The other. */
    public interface RightSide {
        int side();
    }

    /** A default method that throws by itself. */
    public interface Throwing {

        int one();

        default int fail(RuntimeException thrown) {
            throw thrown;
        }
    }

    /** Has default, static and private methods. */
    public interface Doubling {
        int CONSTANT = 1;

        int once(int value);

        default int twice(int value) {
            return once(value) + once(value);
        }

        default long twice(long value, double unused, long other) {
            return prepared(value) + other;
        }

        default Doubling self() {
            return this;
        }

        private long prepared(long value) {
            return once((int) value);
        }

        static Doubling of(Doubling doubling) {
            return doubling;
        }
    }

    /** Inherits default methods and overrides one. */
    public interface Tripling extends Doubling {
        @Override
        default int twice(int value) {
            return 10 * Doubling.super.twice(value);
        }

        default int thrice(int value) {
            return twice(value) + once(value);
        }
    }

    /** Redeclares methods that every object has. */
    public interface Redeclaring {
        @Override
        boolean equals(Object other);

        @Override
        int hashCode();

        @Override
        String toString();

        boolean equals(Redeclaring other);

        int call();
    }

    /** Has no method that returns anything. */
    public interface Silent {
        void send(String message);

        default int size() {
            return 1;
        }
    }

    /** Cannot be implemented by a wrapper. */
    public sealed interface Sealed extends Supplier<String> permits OnlyOne {}

    /** The only class that may implement it. */
    public record OnlyOne(String get) implements Sealed {}

    /** A type that a public interface can return, although it should not. */
    interface NotPublic {
        int value();
    }

    /** Is not public, and returns a type that is not public. */
    interface PackagePrivate extends Supplier<NotPublic> {
        @Override
        NotPublic get();

        default int orZero() {
            NotPublic got = get();
            return got == null ? 0 : got.value();
        }
    }

    private interface Private {
        int call(int value);
    }

    static Class<?> privateInterface() {
        return Private.class;
    }

    static Object privateBody(RuntimeException thrown) {
        return (Private) value -> {
            throw thrown;
        };
    }

    static int callPrivate(Object wrapper, int value) {
        return ((Private) wrapper).call(value);
    }

    /** Makes whatever implements it finalizable. */
    public interface Finalizing {
        int next();

        void finalize();
    }

    /** Inherits what makes it finalizable. */
    public interface InheritsFinalize extends Finalizing {}

    /** Declares methods that are named like those of Object and override none of them. */
    public interface LikeObject {
        void finalize(long id);

        void wait(String reason);

        int notify(int count);

        Class<?> getClass(String name);

        int hashCode(Object of);
    }

    /** Makes a method public that is protected in Object. */
    public interface Cloning {
        Object clone();
    }

    /** Calls each method, and expects it to return zero or null. */
    static void callAllAndExpectZero(Returns wrapper) {
        assertThat(wrapper.aBoolean(true, 1, (byte) 1)).isFalse();
        assertThat(wrapper.aByte(1, (byte) 1, 1)).isZero();
        assertThat(wrapper.aShort((short) 1, "", 1)).isZero();
        assertThat(wrapper.aChar('1', 1, 1)).isEqualTo('\0');
        assertThat(wrapper.anInt(1, 1, 1, 1, "")).isZero();
        assertThat(wrapper.aLong(1, 1, 1)).isZero();
        assertThat(wrapper.aFloat(1, 1, 1)).isZero();
        assertThat(wrapper.aDouble(1, 1, 1)).isZero();
        wrapper.nothing("", 1, new int[0]);
        assertThat(wrapper.anObject("", 1, new long[0][])).isNull();
        assertThat(wrapper.anArray(1, new Object[0], new long[0])).isNull();
    }
}
