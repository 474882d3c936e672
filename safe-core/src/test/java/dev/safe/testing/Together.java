package dev.safe.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Does the same on several threads, which start together. */
public final class Together {

    private static final int LIMIT_SECONDS = 60;

    /** What each thread does. */
    public interface Task {

        /** Does what each thread does. */
        void run() throws Exception;
    }

    private Together() {}

    /** Runs a task on each thread, to its end. Throws what one of them throws. */
    public static void run(int threads, Task task) throws Exception {
        call(threads, () -> {
            task.run();
            return true;
        });
    }

    /** Calls something on each thread, and returns the results. Throws what one of them throws. */
    public static <T> List<T> call(int threads, Callable<T> task) throws Exception {
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(callers.submit(() -> {
                    together.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(LIMIT_SECONDS, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            callers.shutdownNow();
        }
    }
}
