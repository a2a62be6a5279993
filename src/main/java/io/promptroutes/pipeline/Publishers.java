package io.promptroutes.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs what follows a commit, which comes in bursts of short tasks: on one thread while that keeps up, since to wake another one costs more than most
 * tasks do, and on more where a task has waited for a moment, because others block or there are too many. Tasks begin in the order in which they came. Thread-safe.
 */
final class Publishers implements Executor, AutoCloseable {

    /** In nanoseconds: how long a task waits before another thread helps. */
    private static final long PATIENCE = Duration.ofMillis(10).toNanos();
    /** Looks in a row that find nothing, after which nobody looks any more. */
    private static final int IDLE_LOOKS = 100;

    private record Task(Runnable work, long since) {
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    private final Condition watching = lock.newCondition();
    private final Deque<Task> tasks = new ArrayDeque<>();
    private final int most;
    private int threads;
    private int idle;
    /** Threads that run tasks, or are called to. */
    private int awake;
    private int calls;
    private boolean watched;
    private boolean watcher;
    private boolean closed;

    /** @param most threads, each made when it is needed */
    Publishers(int most) {
        this.most = most;
    }

    /** @throws RejectedExecutionException after the end */
    @Override
    public void execute(Runnable work) {
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("the engine has ended");
            }
            tasks.add(new Task(work, System.nanoTime()));
            if (awake == 0) {
                call();
            }
            if (!watched) {
                watched = true;
                watching.signal();
                if (!watcher) {
                    watcher = true;
                    start(this::watch, "publishers");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One thread more. */
    private void call() {
        awake++;
        calls++;
        if (idle >= calls) {
            called.signal();
        } else {
            threads++;
            start(this::work, "publisher-" + threads);
        }
    }

    private void work() {
        lock.lock();
        try {
            while (true) {
                while (calls == 0) {
                    if (closed) {
                        return;
                    }
                    idle++;
                    called.awaitUninterruptibly();
                    idle--;
                }
                calls--;
                while (!tasks.isEmpty()) {
                    run(tasks.poll().work());
                }
                awake--;
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(Runnable work) {
        lock.unlock();
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            Thread.currentThread().getUncaughtExceptionHandler().uncaughtException(Thread.currentThread(), e);
        } finally {
            lock.lock();
        }
    }

    private void watch() {
        lock.lock();
        try {
            int none = 0;
            while (!closed) {
                none = tasks.isEmpty() ? none + 1 : 0;
                if (none > IDLE_LOOKS) {
                    none = 0;
                    watched = false;
                    watching.awaitUninterruptibly();
                } else {
                    if (!tasks.isEmpty() && awake < most && System.nanoTime() - tasks.peek().since() >= PATIENCE) {
                        call();
                    }
                    watching.await(PATIENCE, TimeUnit.NANOSECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does that
        } finally {
            lock.unlock();
        }
    }

    /** What was taken is still done. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            called.signalAll();
            watching.signal();
        } finally {
            lock.unlock();
        }
    }
}
