package io.promptroutes.ledger;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many calls took how long, in buckets each of which reaches a fifth further than the one before, so that a percentile is told to
 * within a tenth. It is written as {@code bucket:count} pairs. Confined to one thread.
 */
final class LatencyHistogram {

    /** Buckets per doubling of the time. */
    private static final int PER_DOUBLING = 4;
    /** Some 12 days. */
    private static final int LAST = 30 * PER_DOUBLING;

    private final TreeMap<Integer, Long> counts = new TreeMap<>();

    /** @param ms in milliseconds @param times how many calls took so long; negative to take them back */
    void add(long ms, long times) {
        int bucket = ms < 1 ? 0 : (int) Math.min(LAST, 1 + Math.round(PER_DOUBLING * Math.log(ms) / Math.log(2)));
        counts.merge(bucket, times, Long::sum);
    }

    void add(LatencyHistogram other) {
        other.counts.forEach((bucket, times) -> counts.merge(bucket, times, Long::sum));
    }

    /** @param written as by {@link #toString} */
    void add(String written) {
        if (!written.isEmpty()) {
            for (String pair : written.split(",")) {
                int colon = pair.indexOf(':');
                counts.merge(Integer.parseInt(pair.substring(0, colon)), Long.parseLong(pair.substring(colon + 1)), Long::sum);
            }
        }
    }

    /** Calls that were timed. */
    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** In milliseconds; null where nothing was timed. @param part 0.5 for the median */
    Long percentile(double part) {
        long total = total();
        long below = 0;
        for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
            below += bucket.getValue();
            if (total > 0 && below >= Math.ceil(part * total)) {
                return bucket.getKey() == 0 ? 0 : Math.round(Math.pow(2, (bucket.getKey() - 1.0) / PER_DOUBLING));
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return counts.entrySet().stream().filter(bucket -> bucket.getValue() != 0).map(bucket -> bucket.getKey() + ":" + bucket.getValue())
                .collect(Collectors.joining(","));
    }
}
