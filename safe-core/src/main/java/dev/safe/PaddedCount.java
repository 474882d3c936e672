package dev.safe;

/** A field on a cache line of its own, as far as its superclass can see to that. */
abstract class PaddedCount {

    @SuppressWarnings("unused")
    private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    long count;
}
