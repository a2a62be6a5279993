package io.promptroutes.ops;

import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.simulator.Fault;
import io.promptroutes.simulator.SimulatorConfig;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys {@code simulator.*} in the types that the simulator wants. Stateless. */
public final class SimulatorSettings {

    private SimulatorSettings() {
    }

    /** @throws UsageException names the key whose value cannot be used */
    public static SimulatorConfig of(Settings settings) {
        return new SimulatorConfig(
                settings.integer("simulator.port", 0, 65_535),
                settings.number("simulator.seed", Long.MIN_VALUE, Long.MAX_VALUE),
                new SimulatorConfig.Access(
                        settings.text("simulator.key").isEmpty() ? null : settings.text("simulator.key"),
                        settings.number("simulator.key-refused-after", 0, Long.MAX_VALUE),
                        settings.amount("simulator.credit"),
                        settings.text("simulator.management-key").isEmpty() ? null : settings.text("simulator.management-key")),
                new SimulatorConfig.Models(
                        Set.copyOf(settings.list("simulator.models.missing")),
                        Set.copyOf(settings.list("simulator.models.extra")),
                        settings.choice("simulator.served-model", List.of("id", "slug")).equals("slug")),
                latency(settings),
                settings.onOff("simulator.padding"),
                settings.onOff("simulator.record"),
                new SimulatorConfig.Faults(
                        percentages(settings),
                        Set.copyOf(settings.list("simulator.fault.models")),
                        settings.number("simulator.retry-after", 0, 86_400),
                        settings.onOff("simulator.error-in-200.billed"),
                        settings.onOff("simulator.reset.billed"),
                        settings.duration("simulator.dribble-interval", Duration.ofMillis(1), "a duration of at least 1ms"),
                        settings.duration("simulator.dribble-max")),
                settings.duration("simulator.generation-lag"),
                new SimulatorConfig.Tiers(
                        Set.copyOf(settings.list("simulator.tiers.flex")),
                        Set.copyOf(settings.list("simulator.tiers.priority")),
                        factor(settings, "simulator.tiers.flex-price"),
                        factor(settings, "simulator.tiers.priority-price"),
                        settings.part("simulator.tiers.flex-full", 100),
                        settings.part("simulator.tiers.flex-shed", 100)),
                SimulatedBatches.of(settings));
    }

    private static BigDecimal factor(Settings settings, String key) {
        return BigDecimal.valueOf(settings.part(key, 100));
    }

    private static SimulatorConfig.Latency latency(Settings settings) {
        boolean fixed = !settings.text("simulator.latency").isEmpty();
        Duration min = settings.duration(fixed ? "simulator.latency" : "simulator.latency.min");
        Duration max = settings.duration(fixed ? "simulator.latency" : "simulator.latency.max");
        if (max.compareTo(min) < 0) {
            settings.refuse("simulator.latency.max", "no less than simulator.latency.min");
        }
        return new SimulatorConfig.Latency(min, max, settings.part("simulator.latency.tail.percent", 100), settings.duration("simulator.latency.tail"));
    }

    private static Map<Fault, Double> percentages(Settings settings) {
        Map<Fault, Double> percent = new EnumMap<>(Fault.class);
        for (Fault fault : EnumSet.complementOf(EnumSet.of(Fault.NONE))) {
            percent.put(fault, settings.part("simulator.fault." + fault.key(), 100));
        }
        // a little more, for what adding up fractions loses
        if (percent.values().stream().mapToDouble(Double::doubleValue).sum() > 100.000001) {
            throw new UsageException("keys simulator.fault.* add up to more than 100 percent");
        }
        return Map.copyOf(percent);
    }
}
