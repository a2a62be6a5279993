package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** How soon, and at which price, a provider is asked to serve a call. A request may say more words than these ({@code auto}), and mean what the service makes of them. */
public enum ServiceTier {
    DEFAULT, FLEX, PRIORITY,
    /** Asked together with others, and answered within a day: no word that a call alone may have. */
    BATCH;

    /** Of a request, and of what came back for it. */
    public static final String FIELD = "service_tier";
    /** Google's batches may take 96 hours, the longest of all: an hour later nothing comes any more. */
    public static final Duration LONGEST_BATCH = Duration.ofHours(97);

    private static final String GOOGLE = "google/";

    /** Other names of the same. */
    private static final Map<String, String> SYNONYMS = Map.of("standard", "default", "fast", "priority");

    /** Whether a model's batches are Google's, which have rules of their own. */
    public static boolean ofGoogle(String model) {
        return model.startsWith(GOOGLE);
    }

    /** @param hours a completion time: a number and {@code h} */
    public static Duration within(String hours) {
        return Duration.ofHours(Long.parseLong(hours.substring(0, hours.length() - 1)));
    }

    /** @return the value as requests have it. @throws IllegalArgumentException for a value that no option has */
    public static String option(String value) {
        String word = value.strip().toLowerCase(Locale.ROOT);
        List<String> words = Stream.of(values()).map(ServiceTier::toString).toList();
        if (!words.contains(word)) {
            throw new IllegalArgumentException("service tier " + value + " is not one of " + String.join(", ", words));
        }
        return word;
    }

    /** The one that a word stands for; null for a word that stands for none of them, and for null. */
    public static ServiceTier named(String word) {
        String name = word == null ? "" : SYNONYMS.getOrDefault(word, word);
        return Stream.of(values()).filter(tier -> tier.toString().equals(name)).findFirst().orElse(null);
    }

    /** That a request asks for; null where it leaves it to the service. */
    public static ServiceTier asked(JsonNode request) {
        return named(request.path(FIELD).textValue());
    }

    /** A word for a label, of few; empty for null. */
    public static String label(String word) {
        return word == null ? "" : named(word) != null ? named(word).toString() : "other";
    }

    /** The name on the wire. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
