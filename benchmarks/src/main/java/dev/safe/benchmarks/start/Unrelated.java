package dev.safe.benchmarks.start;

/** Does nothing, as an ordinary bean that no advice applies to. */
public class Unrelated {

    private int count;

    public int add(int number) {
        count += number;
        return count;
    }

    public String describe() {
        return "unrelated " + count;
    }
}
