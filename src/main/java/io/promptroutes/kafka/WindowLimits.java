package io.promptroutes.kafka;

import java.time.Duration;

/**
 * How much one consumer takes ahead of what is finished.
 *
 * @param size     records taken and not yet finished, at most; with {@code consumersCount} above 1, of each consumer
 * @param resumeAt unfinished records at which a full window takes again; below {@code size}
 * @param ahead    records of a partition taken since its oldest unfinished one, finished ones included, after which that partition
 *                 alone waits; bounds memory and what a crash repeats
 * @param drain    given to what runs when partitions are taken away; well below {@code max.poll.interval.ms}
 * @param ordered  whether records of the same key wait for one another
 */
public record WindowLimits(int size, int resumeAt, int ahead, Duration drain, boolean ordered) {

    public WindowLimits {
        if (size < 1 || resumeAt < 0 || resumeAt >= size || ahead < 1 || drain.isNegative()) {
            throw new IllegalArgumentException("window of " + size + " records, taking again at " + resumeAt + ", " + ahead
                    + " ahead, drain " + drain + ": the size is at least 1 and above the number to take again at; ahead is at least 1;"
                    + " drain is not negative");
        }
    }

    /** What is asked of the broker in one poll: so little that a full window is nearly full. */
    int pollRecords(int wanted) {
        return Math.max(1, Math.min(wanted, size / 10));
    }
}
