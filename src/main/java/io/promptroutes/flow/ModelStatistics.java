package io.promptroutes.flow;

import io.promptroutes.model.Usage;
import java.math.BigDecimal;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What a model has done for a task. Confined to the {@link JobStatistics}'s lock. */
public final class ModelStatistics {

    /** In milliseconds; what takes longer counts as this long. Two digits are exact, in some 20 kB. */
    private static final long LONGEST = 3_600_000;

    /**
     * The sums so far.
     *
     * @param calls     that were or may have been billed
     * @param unknown   of these, the ones with no known cost
     * @param tokensIn  of the answers that had a usage, as are {@code tokensOut}
     * @param p50Ms     latency of the answers in milliseconds; 0 where there is none, as is {@code p95Ms}
     * @param fallbacks answers that another model was asked for first
     * @param reused    stored answers that were published again, under the model that gave them
     */
    public record Total(String task, String model, long calls, BigDecimal usd, long unknown, long tokensIn, long tokensOut, long p50Ms, long p95Ms,
            long fallbacks, long reused) {
    }

    private final List<String> key;
    private final Histogram latency = new Histogram(LONGEST, 2);
    private long calls;
    BigDecimal usd = BigDecimal.ZERO;
    private long unknown;
    private long tokensIn;
    private long tokensOut;
    long fallbacks;
    long reused;

    /** @param key task and model */
    ModelStatistics(List<String> key) {
        this.key = key;
    }

    /** @param usage null where nobody says */
    void call(BigDecimal cost, boolean answered, Usage usage, long latencyMs) {
        calls++;
        if (cost == null) {
            unknown++;
        } else {
            usd = usd.add(cost);
        }
        if (answered) {
            latency.recordValue(Math.min(latencyMs, LONGEST));
        }
        if (answered && usage != null) {
            tokensIn += usage.promptTokens();
            tokensOut += usage.completionTokens();
        }
    }

    Total total() {
        return new Total(key.get(0), key.get(1), calls, usd, unknown, tokensIn, tokensOut, latency.getValueAtPercentile(50),
                latency.getValueAtPercentile(95), fallbacks, reused);
    }
}
