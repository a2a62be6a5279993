package io.promptroutes.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What became of the records that came to a pipeline's {@code prompt:} step: in = answered + dead letters + left + in flight. Thread-safe. */
public final class PipelineStatistics {

    private final AtomicLong taken = new AtomicLong();
    private final LongAdder answered = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    private final LongAdder left = new LongAdder();
    private final LongAdder passed = new LongAdder();
    /** When those under way were taken, by number. */
    private final NavigableMap<Long, Instant> underWay = new ConcurrentSkipListMap<>();

    /** A record was taken. Returns its number, for {@link #ended}. */
    public long begin(Instant now) {
        long number = taken.incrementAndGet();
        underWay.put(number, now);
        return number;
    }

    /** @param answer whether it was answered; else it is a dead letter; null: it is left to somebody else. Said again, it counts once */
    public void ended(long number, Boolean answer) {
        if (underWay.remove(number) != null) {
            (answer == null ? left : answer ? answered : deadLetters).increment();
        }
    }

    /** A record that asks nothing went on untouched. */
    public void passed() {
        passed.increment();
    }

    public long taken() {
        return taken.get();
    }

    public long answered() {
        return answered.sum();
    }

    public long deadLetters() {
        return deadLetters.sum();
    }

    /** Given up, for another process or a later start. */
    public long left() {
        return left.sum();
    }

    /** Records without a value; not among the taken. */
    public long passedOn() {
        return passed.sum();
    }

    public int inFlight() {
        return underWay.size();
    }

    /** Of the oldest that is under way; zero where there is none. */
    public Duration oldest(Instant now) {
        var first = underWay.firstEntry();
        return first == null ? Duration.ZERO : Duration.between(first.getValue(), now);
    }
}
