package io.promptroutes.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a job goes, judged by the last half minute, so that reused answers at its beginning promise nothing. For one thread. */
final class Pace {

    private static final long SPAN_NANOS = Duration.ofSeconds(30).toNanos();

    private record Mark(long nanos, long done, BigDecimal usd) {
    }

    private final Deque<Mark> marks = new ArrayDeque<>();

    /** @param nanos as of {@link System#nanoTime} @param done prompts finished so far @param usd spent so far */
    void note(long nanos, long done, BigDecimal usd) {
        marks.addLast(new Mark(nanos, done, usd));
        while (marks.size() > 2 && nanos - marks.peekFirst().nanos() > SPAN_NANOS) {
            marks.removeFirst();
        }
    }

    private double seconds() {
        return Math.max(1e-3, (marks.peekLast().nanos() - marks.peekFirst().nanos()) / 1e9);
    }

    /** Prompts finished a second. */
    double rate() {
        return (marks.peekLast().done() - marks.peekFirst().done()) / seconds();
    }

    BigDecimal usdPerMinute() {
        return marks.peekLast().usd().subtract(marks.peekFirst().usd()).multiply(BigDecimal.valueOf(60 / seconds()), MathContext.DECIMAL32);
    }

    /** Until so many more are finished; null while nothing moves. */
    Duration until(long left) {
        return left > 0 && rate() <= 0 ? null : Duration.ofSeconds(Math.round(left / Math.max(rate(), 1e-6)));
    }
}
