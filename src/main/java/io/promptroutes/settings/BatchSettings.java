package io.promptroutes.settings;

import io.promptroutes.call.Dialect;
import io.promptroutes.pipeline.Options;
import io.promptroutes.prompt.ServiceTier;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.commons.lang3.StringUtils;

/** Keys {@code batches.*}. */
public final class BatchSettings {

    private static final String HOST = "openrouter.ai/";
    private static final String HOURS = "[1-9]\\d{0,3}h";
    private static final int MOST_REQUESTS = 5_000;
    private static final int MOST_BYTES = 200_000_000;

    private final Settings settings;

    public BatchSettings(Settings settings) {
        this.settings = settings;
    }

    Options.Batching batching() {
        settings.duration("batches.tick"); // Camel takes any text for one
        return new Options.Batching(settings.text("openrouter.base-url") + settings.text("batches.path"), settings.integer("batches.requests", 1, MOST_REQUESTS), settings.integer("batches.bytes", 1_000, MOST_BYTES),
                settings.duration("batches.linger"), settings.duration("batches.poll", Duration.ofMillis(10), "a duration such as 15s"), settings.duration("batches.poll-longest"),
                settings.duration("batches.lost-after"), settings.duration("batches.quota-wait"), settings.duration("batches.quota-longest"), settings.duration("batches.timeout"),
                settings.choice("batches.failed", List.of("live", "fail")).equals("live"), settings.integer("batches.rounds", 0, 1_000), settings.onOff("batches.delete"),
                new LinkedHashSet<>(settings.list("batches.fields")), elsewhere());
    }

    /** Why nothing can be asked in batches at the service that is called; null where it can. */
    private String elsewhere() {
        String region = StringUtils.substringBetween(settings.text("openrouter.base-url"), "//", HOST);
        if (settings.dialect() != Dialect.OPENROUTER) {
            return "the service has no batches that are known here";
        }
        return StringUtils.isEmpty(region) ? null : region + HOST.substring(0, HOST.length() - 1) + " is a region's, and batches are kept elsewhere";
    }

    /** Times within which batches may be asked to be through, in whole hours; the first is the usual one. */
    List<String> within() {
        List<String> times = settings.list("batches.complete-within");
        if (times.isEmpty() || !times.stream().allMatch(time -> time.matches(HOURS))) {
            settings.refuse("batches.complete-within", "whole hours such as 24h, with commas between them");
        }
        return times;
    }

    /** After which nothing comes of a batch any more, whatever it was asked to keep to. */
    public Duration longest() {
        Duration asked = within().stream().map(ServiceTier::within).max(Comparator.naturalOrder()).orElseThrow().plusHours(1);
        return asked.compareTo(ServiceTier.LONGEST_BATCH) > 0 ? asked : ServiceTier.LONGEST_BATCH;
    }

    /** Prompts that may wait for batches. */
    public int open() {
        return settings.integer("batches.open", 1, 1_000_000);
    }

    /** Bytes of their requests. */
    public int openBytes() {
        return settings.integer("batches.open-bytes", 1_000, Integer.MAX_VALUE);
    }
}
