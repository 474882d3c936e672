import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/**
 * Has the C library's qsort call back a comparator that panics: {@code java Upcall.java guarded|bare}. Guarded, it prints for
 * each kind of panic how often the comparator was called and how many panics were counted, and last a sorted array. Needs
 * JDK 22 or later, so it is not compiled with the tests.
 */
final class Upcall {

    private static final int[] NUMBERS = {5, 3, 9, 1, 7};

    private static String kind = "";
    private static int calls;

    public static void main(String[] arguments) throws Throwable {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        MethodHandle bare = MethodHandles.lookup()
                .findStatic(Upcall.class, "compare", MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
        MethodHandle guarded = guard.hostFunction("native.sort", "compare", bare, 0);
        MethodHandle comparator = arguments[0].equals("bare") ? bare : guarded;

        for (String panic : new String[] {"RuntimeException", "StackOverflowError", "OutOfMemoryError"}) {
            kind = panic;
            calls = 0;
            long before = panics(guard);
            sort(comparator);
            System.out.println(panic + ": calls=" + calls + " panics=" + (panics(guard) - before));
        }
        kind = "none";
        System.out.println("sorted: " + Arrays.toString(sort(comparator)));
    }

    private static long panics(ExtensionGuard guard) {
        return guard.snapshot("native.sort").orElseThrow().phases().get(Phase.HOST).panics();
    }

    private static int[] sort(MethodHandle comparator) throws Throwable {
        Linker linker = Linker.nativeLinker();
        ValueLayout pointer = ValueLayout.ADDRESS.withTargetLayout(ValueLayout.JAVA_INT);
        ValueLayout size = ValueLayout.JAVA_LONG;
        MethodHandle qsort = linker.downcallHandle(
                linker.defaultLookup().find("qsort").orElseThrow(),
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, size, size, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback = linker.upcallStub(
                    comparator, FunctionDescriptor.of(ValueLayout.JAVA_INT, pointer, pointer), arena);
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_INT, NUMBERS);
            qsort.invokeExact(numbers, (long) NUMBERS.length, ValueLayout.JAVA_INT.byteSize(), callback);
            return numbers.toArray(ValueLayout.JAVA_INT);
        }
    }

    private static int compare(MemorySegment one, MemorySegment other) {
        calls++;
        switch (kind) {
            case "RuntimeException" -> throw new IllegalStateException("boom");
            case "StackOverflowError" -> recurse(0);
            case "OutOfMemoryError" -> throw new OutOfMemoryError("not really");
            default -> {}
        }
        return Integer.compare(one.get(ValueLayout.JAVA_INT, 0), other.get(ValueLayout.JAVA_INT, 0));
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }
}
