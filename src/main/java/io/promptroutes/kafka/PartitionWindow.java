package io.promptroutes.kafka;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one partition that were taken and lie at or behind the oldest unfinished one. Lives from the partition's
 * assignment to its revocation. For the poll thread, but {@link #ended} and {@link #leaving}, which any thread may call.
 */
final class PartitionWindow {

    private static final long NONE = -1;

    private final TopicPartition partition;
    private final AtomicInteger inFlight;
    private final AtomicInteger unfinished = new AtomicInteger();
    private final KeyLanes lanes = new KeyLanes();
    private final Deque<Acknowledgement> taken = new ArrayDeque<>();
    private final Map<Long, Acknowledgement> unclaimed = new LinkedHashMap<>();
    private long finished = NONE;
    private long confirmed = NONE;
    private long oldest = NONE;
    private Instant oldestSince;
    private volatile boolean leaving;

    /** @param inFlight unfinished records of all partitions of the consumer */
    PartitionWindow(TopicPartition partition, AtomicInteger inFlight) {
        this.partition = partition;
        this.inFlight = inFlight;
    }

    /** A record was received; offsets that are never received (compacted away, markers of transactions) need no care. */
    void take(long offset, Object key, Instant now) {
        if (offset < finished || !taken.isEmpty() && offset <= taken.peekLast().offset()) {
            rewind(offset); // the client started over by itself, after its position had become invalid
        }
        if (finished == NONE && taken.isEmpty()) {
            finished = offset; // a group that begins at the latest record must come back to this one while it is unfinished
        }
        Acknowledgement record = new Acknowledgement(this, offset, key, now);
        taken.add(record);
        unclaimed.put(offset, record);
        unfinished.incrementAndGet();
        inFlight.incrementAndGet();
        lanes.enter(record);
    }

    /** The record is on its way into the route. */
    Acknowledgement claim(long offset) {
        return unclaimed.remove(offset);
    }

    /** Offset of the first record that was received and never went into the route, or -1. */
    long firstUnclaimed() {
        return unclaimed.isEmpty() ? NONE : unclaimed.keySet().iterator().next();
    }

    /** Any thread: a record is done or dropped. */
    void ended(Acknowledgement record) {
        inFlight.decrementAndGet();
        if (unfinished.decrementAndGet() == 0 && leaving) {
            synchronized (this) {
                notifyAll();
            }
        }
        lanes.leave(record);
    }

    /** Any thread: whether nothing more may begin. */
    boolean leaving() {
        return leaving;
    }

    /** The offset to commit, or -1 where the broker has it already. */
    long toCommit() {
        advance();
        return finished == confirmed ? NONE : finished;
    }

    private void advance() {
        while (!taken.isEmpty() && taken.peek().isDone()) {
            finished = taken.poll().offset() + 1;
        }
    }

    /** With nothing unfinished: the consumer has passed what lies before this offset. */
    void finishedTo(long position) {
        if (position > Math.max(finished, 0)) {
            finished = position;
        }
    }

    void confirmed(long offset) {
        confirmed = offset;
    }

    /** The consumer will read from there on: what was taken from there on comes again, what lies before stays as it is. */
    void rewind(long offset) {
        while (!taken.isEmpty() && taken.peekLast().offset() >= offset) {
            Acknowledgement record = taken.pollLast();
            unclaimed.remove(record.offset());
            record.drop();
        }
        if (taken.isEmpty() && offset != finished) {
            finished = NONE;
            confirmed = NONE;
        }
    }

    /** From now on nothing begins; what waits for its turn or never went into the route is dropped. */
    void leave() {
        leaving = true;
        unclaimed.values().forEach(Acknowledgement::drop);
        unclaimed.clear();
        taken.forEach(Acknowledgement::open);
    }

    /** After {@link #leave}: waits until what has begun is finished, or the time has come. */
    void awaitFinished(long deadlineNanos) throws InterruptedException {
        synchronized (this) {
            for (long left = deadlineNanos - System.nanoTime(); unfinished.get() > 0 && left > 0; left = deadlineNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }
    }

    /** The partition is gone: nothing of it counts any more. */
    void drop() {
        leaving = true;
        taken.forEach(Acknowledgement::drop);
    }

    /** Records taken since the oldest unfinished one, that one included. */
    int ahead() {
        advance();
        return taken.size();
    }

    WindowState.Partition state(Instant now) {
        Acknowledgement first = taken.peek();
        long at = first == null ? NONE : first.offset();
        if (at != oldest) {
            oldest = at;
            oldestSince = first == null ? null : now;
        }
        return new WindowState.Partition(partition.topic(), partition.partition(), confirmed, finished, unfinished.get(), taken.size(),
                first == null ? null : first.taken(), at, oldestSince);
    }
}
