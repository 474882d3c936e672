package dev.safe.benchmarks;
final class Table { public static void main(String[] a) {} }
