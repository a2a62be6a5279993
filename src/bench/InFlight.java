import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/** Keeps so many prompts in flight: as one ends, the next begins. For one thread. */
final class InFlight {

    private final int most;
    private final Semaphore free;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    InFlight(int most) {
        this.most = most;
        this.free = new Semaphore(most);
    }

    /** Returns when the last one has begun. @param prompt begins the n-th one, and tells its end */
    void begin(int from, int to, IntFunction<CompletableFuture<?>> prompt) {
        for (int number = from; number < to; number++) {
            free.acquireUninterruptibly();
            check();
            prompt.apply(number).whenComplete((end, failed) -> {
                failure.compareAndSet(null, failed);
                free.release();
            });
        }
    }

    /** Waits until none is in flight. */
    void drain() {
        free.acquireUninterruptibly(most);
        free.release(most);
        check();
    }

    private void check() {
        if (failure.get() != null) {
            throw new IllegalStateException("a prompt failed", failure.get());
        }
    }
}
