package io.promptroutes.flow;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the calls of a job would cost, added up by task, tier and model. Thread-safe. */
public final class Estimate {

    /** Beyond so many rows, which only requests that name their own models can make, the rest is one. */
    private static final int MOST_ROWS = 500;
    private static final String OTHERS = "(others)";

    /** USD of one call or of many. @param high the most that is reserved for it */
    public record Range(BigDecimal low, BigDecimal expected, BigDecimal high) {

        public static final Range NOTHING = new Range(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

        Range plus(Range more) {
            return new Range(low.add(more.low), expected.add(more.expected), high.add(more.high));
        }
    }

    /**
     * Calls of a model, its first ones: what follows failures is not in it.
     *
     * @param calls     that would be made
     * @param ended     further prompts that were answered, or failed, in an earlier run: they cost nothing now
     * @param measured  of the calls, those whose answers' lengths are the mean of earlier ones
     * @param tokensOut as expected
     */
    public record Row(String task, String tier, String model, long calls, long ended, long measured, long tokensIn, long tokensOut, Range usd) {

        private Row as(List<String> key) {
            return new Row(key.get(0), key.get(1), key.get(2), calls, ended, measured, tokensIn, tokensOut, usd);
        }

        private Row plus(Row more) {
            return new Row(task, tier, model, calls + more.calls, ended + more.ended, measured + more.measured, tokensIn + more.tokensIn,
                    tokensOut + more.tokensOut, usd.plus(more.usd));
        }
    }

    private final Map<List<String>, Row> rows = new HashMap<>();
    private long unknownPrices;
    private BigDecimal alone = BigDecimal.ZERO;
    private BigDecimal together = BigDecimal.ZERO;

    public synchronized void add(Row row) {
        List<String> own = List.of(row.task(), row.tier(), row.model());
        List<String> key = rows.size() < MOST_ROWS || rows.containsKey(own) ? own : List.of(OTHERS, OTHERS, OTHERS);
        rows.merge(key, row.as(key), Row::plus);
    }

    /** One of the calls is of a model whose price nobody knows. */
    public synchronized void unknownPrice() {
        unknownPrices++;
    }

    public synchronized long unknownPrices() {
        return unknownPrices;
    }

    /** One of the calls may go in a batch. @param list USD that it is expected to cost alone @param batch in a batch, by the list */
    public synchronized void batch(BigDecimal list, BigDecimal batch) {
        alone = alone.add(list);
        together = together.add(batch);
    }

    /** USD that calls which may go in batches are expected to cost alone. */
    public synchronized BigDecimal alone() {
        return alone;
    }

    /** The same in batches. */
    public synchronized BigDecimal together() {
        return together;
    }

    /** By task, tier and model. */
    public synchronized List<Row> rows() {
        return rows.values().stream().sorted(Comparator.comparing(Row::task).thenComparing(Row::tier).thenComparing(Row::model)).toList();
    }

    /** USD that the calls of a model for a task are expected to cost, whatever their tiers. */
    public synchronized BigDecimal expected(String task, String model) {
        return rows.values().stream().filter(row -> row.task().equals(task) && row.model().equals(model)).map(row -> row.usd().expected())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    public synchronized Row total() {
        return rows.values().stream().reduce(new Row("total", "", "", 0, 0, 0, 0, 0, Range.NOTHING), Row::plus);
    }
}
