package io.promptroutes.ops;

import io.promptroutes.settings.Settings;
import io.promptroutes.simulator.batch.BatchConfig;
import io.promptroutes.simulator.batch.BatchFault;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys {@code simulator.batch.*} in the types that the simulator wants. Stateless. */
final class SimulatedBatches {

    private static final List<String> ROUTES = List.of("v1", "beta", "pages", "delete");
    private static final List<String> REFUSALS = List.of("prefix", "code");
    private static final int MOST_LINES = 1_000_000;

    private SimulatedBatches() {
    }

    static BatchConfig of(Settings settings) {
        Set<String> refusal = words(settings, "simulator.batch.refusal", REFUSALS);
        return new BatchConfig(words(settings, "simulator.batch.routes", ROUTES),
                new BatchConfig.Refusals(windows(settings), Set.copyOf(settings.list("simulator.batch.refused")), refusal.contains("prefix"), refusal.contains("code"),
                        settings.integer("simulator.batch.most-lines", 1, MOST_LINES),
                        settings.number("simulator.batch.most-bytes", 1, Integer.MAX_VALUE)),
                new BatchConfig.Times(settings.duration("simulator.batch.validating"), settings.duration("simulator.batch.in-progress"),
                        settings.duration("simulator.batch.finalizing"), settings.duration("simulator.batch.lag"),
                        settings.duration("simulator.batch.list-lag")),
                new BatchConfig.Results(settings.choice("simulator.batch.served-model", List.of("canonical", "sent")).equals("sent"),
                        settings.choice("simulator.batch.usage", List.of("cost", "tokens", "none")), settings.onOff("simulator.batch.total-cost"),
                        settings.onOff("simulator.batch.byok"), settings.choice("simulator.batch.expired", List.of("none", "partial", "billed")),
                        settings.onOff("simulator.batch.inline"), settings.integer("simulator.batch.page", 1, MOST_LINES),
                        settings.choice("simulator.batch.activity-model", List.of("batch", "base")).equals("batch")),
                settings.integer("simulator.batch.foreign", 0, 1_000), settings.integer("simulator.batch.quota", 0, MOST_LINES),
                settings.text("simulator.batch.bad-text"), faults(settings));
    }

    private static List<String> windows(Settings settings) {
        List<String> windows = settings.list("simulator.batch.windows");
        if (windows.isEmpty() || !windows.stream().allMatch(window -> window.matches("[1-9]\\d{0,3}h"))) {
            settings.refuse("simulator.batch.windows", "whole hours such as 24h, with commas between them");
        }
        return windows;
    }

    private static Set<String> words(Settings settings, String key, List<String> allowed) {
        List<String> words = settings.list(key);
        if (!allowed.containsAll(words)) {
            settings.refuse(key, "some of " + String.join(", ", allowed));
        }
        return Set.copyOf(words);
    }

    private static Map<BatchFault, Double> faults(Settings settings) {
        try {
            return BatchFault.percent(settings.list("simulator.batch.faults"));
        } catch (IllegalArgumentException e) {
            settings.refuse("simulator.batch.faults", "names with percentages, such as line.missing:1, of at most 100 for each kind");
            return Map.of();
        }
    }
}
