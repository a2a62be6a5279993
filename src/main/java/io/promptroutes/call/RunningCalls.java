package io.promptroutes.call;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Does what is due of the calls that run. One thread looks at all of them, now and then and when something is due: a timer for each call would wake
 * a thread for each. It rests while nothing runs. Thread-safe.
 */
final class RunningCalls implements AutoCloseable {

    /** In nanoseconds: what is due later than this after it was asked for needs nobody to be woken. */
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(500);

    /** A call that runs. What is due of it must not block. */
    final class Running implements AutoCloseable {

        private final long endsAt;
        private final Runnable atEnd;
        private final Runnable whenLong;
        private volatile boolean ended;
        /** Written before it counts as long. */
        private long longAt;
        private volatile boolean maybeLong;

        private Running(long endsAt, Runnable atEnd, Runnable whenLong) {
            this.endsAt = endsAt;
            this.atEnd = atEnd;
            this.whenLong = whenLong;
        }

        /** From now on {@code whenLong} is due, once, after so long; that is at least as long as a look takes to come. */
        void longAfter(Duration time) {
            longAt = System.nanoTime() + time.toNanos();
            maybeLong = true;
        }

        /** Whether its limit was over while it ran. */
        boolean ended() {
            return ended;
        }

        @Override
        public void close() {
            running.remove(this);
        }

        /** Does what is due. Returns in how many nanoseconds something else will be. */
        private long look(long now) {
            long next = endsAt - now;
            if (next <= 0) {
                ended = true;
                running.remove(this);
                atEnd.run();
                return LOOK;
            }
            if (maybeLong && longAt - now <= 0) {
                maybeLong = false;
                whenLong.run();
            }
            return maybeLong ? Math.min(next, longAt - now) : next;
        }
    }

    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::work, "wall-clock");
    private volatile boolean resting = true;
    private volatile long nextLook;
    private volatile boolean closed;

    RunningCalls() {
        thread.setDaemon(true);
        thread.start();
    }

    /** A call begins. @param atEnd what is to be done when its limit is over; whenLong, see {@link Running#longAfter} */
    Running begin(Duration limit, Runnable atEnd, Runnable whenLong) {
        Running call = new Running(System.nanoTime() + limit.toNanos(), atEnd, whenLong);
        running.add(call);
        if (resting || call.endsAt - nextLook < 0) {
            LockSupport.unpark(thread);
        }
        return call;
    }

    private void work() {
        while (!closed) {
            if (running.isEmpty()) {
                resting = true;
                if (running.isEmpty()) { // one that came in between may not have seen that
                    LockSupport.park(this);
                }
                continue;
            }
            long now = System.nanoTime();
            nextLook = now + LOOK; // what comes from here on, and is due sooner, wakes this thread
            resting = false;
            long pause = LOOK;
            for (Running call : running) {
                pause = Math.min(pause, look(call, now));
            }
            LockSupport.parkNanos(this, pause);
        }
    }

    private static long look(Running call, long now) {
        try {
            return call.look(now);
        } catch (RuntimeException e) {
            return LOOK; // it has done what it could, and the other calls have their limits too
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
