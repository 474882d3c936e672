package dev.safe.test;

/** Random numbers that depend only on a seed and an index, so that threads share them without any state. */
final class Scatter {

    private static final double ULP = 0x1.0p-53;

    private Scatter() {}

    /** Returns a number that is uniform in [0, 1). */
    static double uniform(long seed, long index) {
        return (mix(mix(seed) + index) >>> 11) * ULP;
    }

    /** Mixes the bits of a number, so that neighbours have nothing in common. This is the finalizer of SplitMix64. */
    private static long mix(long number) {
        long mixed = number + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
