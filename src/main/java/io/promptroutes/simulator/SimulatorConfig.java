package io.promptroutes.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * How the simulator behaves. Immutable.
 *
 * @param port              0 takes any free one; only read at the start
 * @param seed              same seed and same order of requests: same faults and latencies
 * @param padding           whether answers are preceded by OpenRouter's whitespace keep-alive
 * @param paddingInterval   how often it is repeated while an answer is awaited
 * @param record            whether calls are counted per prompt; memory then grows with the number of prompts
 */
public record SimulatorConfig(int port, long seed, Access access, Models models, Latency latency, boolean padding, Duration paddingInterval,
        boolean record, Faults faults) {

    /**
     * @param key          the only key that is accepted; null accepts any
     * @param refusedAfter the completion request from which on every key is refused, counted from 1; 0 is never
     * @param creditUsd    when this much is billed, paid models answer 402; null is no limit
     */
    public record Access(String key, long refusedAfter, BigDecimal creditUsd) {

        /** Without the key. */
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

    /** Evenly spread from min to max, but for the tail's share (in percent), which takes {@code tail}. */
    public record Latency(Duration min, Duration max, double tailPercent, Duration tail) {
    }

    /**
     * @param percent          share of each fault; the sum is at most 100
     * @param models           the only models that faults happen to; empty is all
     * @param affordableTokens the number that {@link Fault#AFFORDABLE} names
     * @param noCreditFree     whether {@link Fault#NO_CREDIT} blocks free models too, as a negative balance does
     * @param dribbleMax       after this long the rest of a dribbled body is sent at once
     */
    public record Faults(Map<Fault, Double> percent, Set<String> models, long retryAfterSeconds, int serverErrorStatus, long affordableTokens,
            boolean noCreditFree, boolean errorIn200Billed, boolean resetBilled, Duration dribbleInterval, Duration dribbleMax) {
    }

    /**
     * @param properties keys that do not begin with {@code simulator.} are passed over; a blank value is the default
     * @throws IllegalArgumentException names the key that is unknown or whose value cannot be used
     */
    public static SimulatorConfig from(Map<String, String> properties) {
        Settings settings = new Settings(properties);
        SimulatorConfig config = new SimulatorConfig(
                (int) settings.number("port", 0, 0, 65_535),
                settings.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
                new Access(
                        settings.text("key"),
                        settings.number("key-refused-after", 0, 0, Long.MAX_VALUE),
                        settings.amount("credit")),
                new Models(
                        settings.list("models.missing"),
                        settings.list("models.extra"),
                        settings.choice("served-model", "id", "slug").equals("slug")),
                latency(settings),
                settings.flag("padding", true),
                settings.interval("padding-interval", Duration.ofSeconds(1)),
                settings.flag("record", false),
                new Faults(
                        percentages(settings),
                        settings.list("fault.models"),
                        settings.number("retry-after", 1, 0, 86_400),
                        (int) settings.number("server-error.status", 502, 500, 599),
                        settings.number("affordable-tokens", 256, 1, 1_000_000),
                        settings.flag("no-credit.free", false),
                        settings.flag("error-in-200.billed", false),
                        settings.flag("reset.billed", false),
                        settings.interval("dribble-interval", Duration.ofSeconds(1)),
                        settings.duration("dribble-max", Duration.ofSeconds(60))));
        settings.refuseUnknownKeys();
        return config;
    }

    private static Latency latency(Settings settings) {
        Duration fixed = settings.duration("latency", null);
        Duration min = settings.duration("latency.min", Duration.ofMillis(150));
        Duration max = settings.duration("latency.max", Duration.ofMillis(400));
        if (fixed == null && max.compareTo(min) < 0) {
            throw Settings.refused("latency.max", "must not be less than simulator.latency.min");
        }
        return new Latency(fixed == null ? min : fixed, fixed == null ? max : fixed, settings.percent("latency.tail.percent"),
                settings.duration("latency.tail", Duration.ofSeconds(60)));
    }

    private static Map<Fault, Double> percentages(Settings settings) {
        Map<Fault, Double> percent = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            if (fault != Fault.NONE) {
                percent.put(fault, settings.percent("fault." + fault.key()));
            }
        }
        // a little more, for what adding up fractions loses
        if (percent.values().stream().mapToDouble(Double::doubleValue).sum() > 100.000001) {
            throw Settings.refused("fault.*", "must not add up to more than 100 percent");
        }
        return Map.copyOf(percent);
    }
}
