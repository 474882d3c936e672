package dev.safe.benchmarks.start;

/** An ordinary bean, which nothing has a reason to advise. */
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
