package dev.safe.testing;

/** Where a thread has no stack left. */
public final class EndOfStack {

    /** Among these are frames with room for each part of what is done in them. */
    private static final int FRAMES = 300;

    private EndOfStack() {}

    /** Does something in each of the current thread's last frames, from the last one on. */
    public static void visit(Runnable something) {
        try {
            descend(something, new int[1]);
        } catch (StackOverflowError unwound) {
            // This is where it began.
        }
    }

    /** Does something once, a number of frames above the current thread's last one. */
    public static void visit(int frames, Runnable something) {
        int[] left = {frames};
        visit(() -> {
            if (left[0]-- == 0) {
                something.run();
            }
        });
    }

    private static void descend(Runnable something, int[] visited) {
        try {
            descend(something, visited);
        } catch (StackOverflowError end) {
            if (visited[0]++ < FRAMES) {
                something.run(); // If it throws, the frame above is next.
            }
            throw end;
        }
    }
}
