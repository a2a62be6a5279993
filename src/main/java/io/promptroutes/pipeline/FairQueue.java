package io.promptroutes.pipeline;

import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Exchange;

/**
 * A queue of the engine, in which pipelines take turns: a pipeline with a long backlog holds up no other one. Within a pipeline the order is
 * that of arrival. Thread-safe.
 */
public final class FairQueue extends AbstractQueue<Exchange> implements BlockingQueue<Exchange> {

    private static final Object NO_PIPELINE = new Object();
    private static final Duration LAST_LOOK = Duration.ofMillis(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final int capacity;
    private final Map<Object, Deque<Exchange>> lanes = new HashMap<>();
    /** Lanes with something in them; the first one's turn is next. */
    private final Deque<Object> turns = new ArrayDeque<>();
    private int size;
    /** In nanoseconds: how long somebody who finds nothing waits at most. */
    private long patience = Long.MAX_VALUE;

    FairQueue(int capacity) {
        this.capacity = capacity;
    }

    private static Object lane(Exchange exchange) {
        Pipeline pipeline = Pipeline.of(exchange);
        return pipeline == null ? NO_PIPELINE : pipeline.name();
    }

    @Override
    public boolean offer(Exchange exchange) {
        lock.lock();
        try {
            return size < capacity && enter(exchange);
        } finally {
            lock.unlock();
        }
    }

    private boolean enter(Exchange exchange) {
        Object lane = lane(exchange);
        Deque<Exchange> waiting = lanes.computeIfAbsent(lane, name -> new ArrayDeque<>());
        if (waiting.isEmpty()) {
            turns.add(lane);
        }
        waiting.add(exchange);
        size++;
        some.signal();
        return true;
    }

    private Exchange leave() {
        Object lane = turns.poll();
        if (lane == null) {
            return null;
        }
        Deque<Exchange> waiting = lanes.get(lane);
        Exchange first = waiting.poll();
        if (!waiting.isEmpty()) {
            turns.add(lane);
        }
        size--;
        room.signal();
        return first;
    }

    @Override
    public Exchange poll() {
        lock.lock();
        try {
            return leave();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Exchange poll(long timeout, TimeUnit unit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = Math.min(patience, unit.toNanos(timeout));
            while (size == 0 && left > 0) {
                left = Math.min(some.awaitNanos(left), patience); // in this order: it may have become less meanwhile
            }
            return leave();
        } finally {
            lock.unlock();
        }
    }

    /** From now on nobody who finds nothing waits for long. */
    void hurry() {
        lock.lock();
        try {
            patience = LAST_LOOK.toNanos();
            some.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Exchange take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (size == 0) {
                some.await();
            }
            return leave();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void put(Exchange exchange) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (size >= capacity) {
                room.await();
            }
            enter(exchange);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean offer(Exchange exchange, long timeout, TimeUnit unit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = unit.toNanos(timeout);
            while (size >= capacity) {
                if (left <= 0) {
                    return false;
                }
                left = room.awaitNanos(left);
            }
            return enter(exchange);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Exchange peek() {
        lock.lock();
        try {
            return turns.isEmpty() ? null : lanes.get(turns.peek()).peek();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int remainingCapacity() {
        return capacity - size();
    }

    /** Of what is there now. */
    @Override
    public Iterator<Exchange> iterator() {
        lock.lock();
        try {
            List<Exchange> all = new ArrayList<>();
            lanes.values().forEach(all::addAll);
            return all.iterator();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int drainTo(Collection<? super Exchange> to) {
        return drainTo(to, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super Exchange> to, int most) {
        int drained = 0;
        for (Exchange next = drained < most ? poll() : null; next != null; next = drained < most ? poll() : null) {
            to.add(next);
            drained++;
        }
        return drained;
    }
}
