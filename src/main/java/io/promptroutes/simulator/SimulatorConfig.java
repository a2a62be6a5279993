package io.promptroutes.simulator;

import io.promptroutes.simulator.batch.BatchConfig;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * How the simulator behaves. Immutable.
 *
 * @param port              0 takes any free one; only read at the start
 * @param seed              same seed and same order of requests: same faults and latencies
 * @param padding           whether answers are preceded by OpenRouter's whitespace keep-alive
 * @param record            whether calls are counted per prompt; memory then grows with the number of prompts
 * @param generationLag     for so long after it was made a generation cannot be looked up
 */
public record SimulatorConfig(int port, long seed, Access access, Models models, Latency latency, boolean padding,
        boolean record, Faults faults, Duration generationLag, Tiers tiers, BatchConfig batch) {

    /**
     * @param key          the only key that is accepted; null accepts any
     * @param refusedAfter the completion request from which on every key is refused, counted from 1; 0 is never
     * @param creditUsd    when this much is billed, paid models answer 402; null is no limit
     * @param managementKey the only key that may read what was used; null for none
     */
    public record Access(String key, long refusedAfter, BigDecimal creditUsd, String managementKey) {

        /** Without the keys. */
        @Override
        public String toString() {
            return "Access[key=" + (key == null ? "any" : "set") + ", refusedAfter=" + refusedAfter + ", creditUsd=" + creditUsd + "]";
        }
    }

    /**
     * @param missing    listed, but answered with 404
     * @param extra      served and listed besides the catalogue's, at 1 USD per million tokens (0 where the id ends in {@code :free})
     * @param servedSlug whether an answer names its model by the dated slug instead of the id
     */
    public record Models(Set<String> missing, Set<String> extra, boolean servedSlug) {
    }

    /**
     * @param flex          models with a flex endpoint, or authors with a slash behind
     * @param priority      the same for priority
     * @param flexPrice     in times of the list's
     * @param flexFull      percent of flex calls that find no capacity
     * @param flexShed      percent of flex calls that are served, and billed, as default
     */
    public record Tiers(Set<String> flex, Set<String> priority, BigDecimal flexPrice, BigDecimal priorityPrice, double flexFull, double flexShed) {
    }

    /** Evenly spread from min to max, but for the tail's share (in percent), which takes {@code tail}. */
    public record Latency(Duration min, Duration max, double tailPercent, Duration tail) {
    }

    /**
     * @param percent          share of each fault; the sum is at most 100
     * @param models           the only models that faults happen to; empty is all
     * @param dribbleMax       after this long the rest of a dribbled body is sent at once
     */
    public record Faults(Map<Fault, Double> percent, Set<String> models, long retryAfterSeconds, boolean errorIn200Billed, boolean resetBilled,
            Duration dribbleInterval, Duration dribbleMax) {
    }
}
