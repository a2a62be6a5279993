import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** How long was waited for futures. Thread-safe. */
final class Waits {

    /** In milliseconds. */
    record Spread(double p50, double p99, double most) {
    }

    private final long[] nanos;
    private final AtomicInteger count = new AtomicInteger();

    /** @param most what comes after so many is not kept */
    Waits(int most) {
        nanos = new long[most];
    }

    <T> CompletableFuture<T> of(CompletableFuture<T> future) {
        long began = System.nanoTime();
        return future.whenComplete((answer, failure) -> add(System.nanoTime() - began));
    }

    void add(long wait) {
        int index = count.getAndIncrement();
        if (index < nanos.length) {
            nanos[index] = wait;
        }
    }

    void clear() {
        count.set(0);
    }

    Spread spread() {
        long[] sorted = Arrays.copyOf(nanos, Math.min(count.get(), nanos.length));
        Arrays.sort(sorted);
        return new Spread(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(sorted.length * part) - 1)] / 1e6;
    }
}
