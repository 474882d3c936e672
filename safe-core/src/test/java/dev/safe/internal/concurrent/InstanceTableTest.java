package dev.safe.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.Eventually;
import dev.safe.testing.Together;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InstanceTableTest {

    private static final int THREADS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final InstanceTable<Integer> table = new InstanceTable<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void shutDown() {
        threads.shutdownNow();
    }

    private static List<Object> instances(int count) {
        List<Object> instances = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            instances.add(new Object());
        }
        return instances;
    }

    @Test
    void shouldTellInstancesApartByIdentity() {
        String one = new String("equal");
        String other = new String("equal");
        table.computeIfAbsent(one, instance -> 1);
        assertThat(table.get(other)).isNull();
        table.computeIfAbsent(other, instance -> 2);
        assertThat(table.get(one)).isEqualTo(1);
        assertThat(table.get(other)).isEqualTo(2);
    }

    @Test
    void shouldKnowThatAValueIsBeingMadeOnlyWithinThat() {
        assertThat(table.isBeingMade("a")).isFalse();
        boolean[] within = {false, true};
        table.computeIfAbsent("a", instance -> {
            within[0] = table.isBeingMade("a");
            within[1] = table.isBeingMade("b");
            return 1;
        });
        assertThat(within).containsExactly(true, false);
        assertThat(table.isBeingMade("a")).isFalse();
    }

    @Test
    void shouldKnowThatAValueIsBeingMadeOnAnotherThreadOnly() throws InterruptedException {
        boolean[] elsewhere = {true};
        table.computeIfAbsent("a", instance -> {
            Thread other = new Thread(() -> elsewhere[0] = table.isBeingMade("a"));
            other.start();
            try {
                other.join();
            } catch (InterruptedException stopped) {
                throw new AssertionError(stopped);
            }
            return 1;
        });
        assertThat(elsewhere[0]).isFalse();
    }

    @Test
    void shouldCallNoMethodOfAnInstance() {
        Object hostile = new Hostile();
        assertThat(table.computeIfAbsent(hostile, instance -> 1)).isEqualTo(1);
        assertThat(table.get(hostile)).isEqualTo(1);
    }

    private static final class Hostile {

        @Override
        public boolean equals(Object other) {
            throw new AssertionError("asked whether it is equal");
        }

        @Override
        public int hashCode() {
            throw new AssertionError("asked for its hash code");
        }

        @Override
        public String toString() {
            throw new AssertionError("asked for its text");
        }
    }

    @Test
    void shouldMakeAValueOnceFromTheInstance() {
        Object instance = new Object();
        List<Object> made = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            assertThat(table.computeIfAbsent(instance, of -> {
                        made.add(of);
                        return 1;
                    }))
                    .isEqualTo(1);
        }
        assertThat(made).containsExactly(instance);
    }

    @Test
    void shouldHaveNoValueIfItCouldNotBeMade() {
        Object instance = new Object();
        Error thrown = new AssertionError("not made");
        assertThatThrownBy(() -> table.computeIfAbsent(instance, of -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(table.get(instance)).isNull();
        assertThat(table.computeIfAbsent(instance, of -> 2)).isEqualTo(2);
    }

    @Test
    void shouldKeepEachValueWhileItGrows() {
        List<Object> instances = instances(10_000);
        for (int i = 0; i < instances.size(); i++) {
            int value = i;
            table.computeIfAbsent(instances.get(i), instance -> value);
        }
        for (int i = 0; i < instances.size(); i++) {
            assertThat(table.get(instances.get(i))).isEqualTo(i);
        }
    }

    @Test
    void shouldRemoveTheInstancesOfCertainValuesOnly() {
        List<Object> instances = instances(1_000);
        for (int i = 0; i < instances.size(); i++) {
            int value = i % 3;
            table.computeIfAbsent(instances.get(i), instance -> value);
        }
        table.removeValues(value -> value != 1);
        for (int i = 0; i < instances.size(); i++) {
            assertThat(table.get(instances.get(i))).isEqualTo(i % 3 == 1 ? 1 : null);
        }
        assertThat(table.computeIfAbsent(instances.get(0), instance -> 7)).isEqualTo(7);
    }

    @Test
    void shouldKeepNoInstanceAlive() {
        InstanceTable<Value> values = new InstanceTable<>();
        List<WeakReference<Object>> references = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Object instance = new Object();
            values.computeIfAbsent(instance, of -> new Value());
            references.add(new WeakReference<>(instance));
        }
        assertThat(collected(references)).isTrue();
    }

    /** Removal happens when the next instance is inserted, once the collector has reported which are gone. */
    @Test
    void shouldLetGoOfTheValuesOfInstancesThatAreGone() {
        InstanceTable<Value> values = new InstanceTable<>();
        List<WeakReference<Object>> references = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Value value = new Value();
            values.computeIfAbsent(new Object(), of -> value);
            references.add(new WeakReference<>(value));
        }
        List<Object> later = new ArrayList<>();
        assertThat(Eventually.holds(LIMIT, () -> {
                    Object next = new Object();
                    later.add(next);
                    values.computeIfAbsent(next, of -> new Value());
                    return collected(references, Duration.ZERO);
                }))
                .isTrue();
        assertThat(later)
                .allSatisfy(instance -> assertThat(values.get(instance)).isNotNull());
    }

    /** A class of its own, since the JVM may keep numbers and strings alive. */
    private static final class Value {}

    private static boolean collected(List<WeakReference<Object>> references) {
        return collected(references, LIMIT);
    }

    private static boolean collected(List<WeakReference<Object>> references, Duration limit) {
        return Eventually.holds(limit, () -> {
            System.gc();
            return references.stream().allMatch(reference -> reference.refersTo(null));
        });
    }

    @Test
    void shouldMakeEachValueOnceHoweverManyThreadsWantIt() throws Exception {
        List<Object> instances = instances(5_000);
        AtomicInteger made = new AtomicInteger();
        List<List<Integer>> values = Together.call(THREADS, () -> instances.stream()
                .map(instance -> table.computeIfAbsent(instance, of -> made.incrementAndGet()))
                .toList());
        List<Integer> first = values.get(0);
        assertThat(values).allMatch(first::equals);
        assertThat(made).hasValue(instances.size());
        assertThat(first).doesNotHaveDuplicates();
    }

    @Test
    void shouldHoldUpNoOtherInstanceWhileAValueIsMade() throws Exception {
        Object slow = new Object();
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<Integer> value = threads.submit(() -> table.computeIfAbsent(slow, instance -> {
            making.countDown();
            awaitQuietly(end);
            return 1;
        }));
        assertThat(making.await(10, TimeUnit.SECONDS)).isTrue();
        Future<Integer> others = threads.submit(() -> {
            table.removeValues(other -> other == 0);
            return instances(100).stream()
                    .mapToInt(instance -> table.computeIfAbsent(instance, of -> 2))
                    .sum();
        });
        assertThat(others.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        assertThat(table.get(slow)).isNull();
        end.countDown();
        assertThat(value.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
