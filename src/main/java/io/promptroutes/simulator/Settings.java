package io.promptroutes.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads typed values of the {@code simulator.*} properties; what it refuses, it refuses by the key's name. One thread. */
final class Settings {

    private static final String PREFIX = "simulator.";

    private final Map<String, String> given = new TreeMap<>();
    private final Set<String> known = new TreeSet<>();

    Settings(Map<String, String> properties) {
        properties.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                given.put(key.substring(PREFIX.length()), value.strip());
            }
        });
    }

    String text(String key) {
        return read(key, null, "", Function.identity(), text -> true);
    }

    /** The first word is the default. */
    String choice(String key, String first, String second) {
        return read(key, first, first + " or " + second, Function.identity(), text -> text.equals(first) || text.equals(second));
    }

    boolean flag(String key, boolean fallback) {
        return choice(key, String.valueOf(fallback), String.valueOf(!fallback)).equals("true");
    }

    long number(String key, long fallback, long least, long most) {
        return read(key, fallback, "a whole number from " + least + " to " + most, Long::valueOf, number -> number >= least && number <= most);
    }

    /** Null where the key is not set. */
    BigDecimal amount(String key) {
        return read(key, null, "an amount in USD such as 0.50", BigDecimal::new, amount -> amount.signum() >= 0);
    }

    double percent(String key) {
        return read(key, 0.0, "a percentage from 0 to 100", Double::valueOf, percent -> percent >= 0 && percent <= 100);
    }

    Duration duration(String key, Duration fallback) {
        return read(key, fallback, "a duration such as 200ms, 60s or PT0.2S", Settings::duration, duration -> !duration.isNegative());
    }

    Duration interval(String key, Duration fallback) {
        return read(key, fallback, "a duration of at least 1ms", Settings::duration, duration -> duration.toMillis() > 0);
    }

    private static Duration duration(String text) {
        if (text.matches("\\d+(ms)?")) {
            return Duration.ofMillis(Long.parseLong(text.replace("ms", "")));
        }
        return Duration.parse(text.matches("\\d+[smh]") ? "PT" + text : text);
    }

    /** Comma-separated; blank entries do not count. */
    Set<String> list(String key) {
        return read(key, Set.of(), "", text -> Stream.of(text.split(",")).map(String::strip).filter(entry -> !entry.isEmpty())
                .collect(Collectors.toUnmodifiableSet()), list -> true);
    }

    /** To be called when every key has been asked for. */
    void refuseUnknownKeys() {
        given.keySet().stream().filter(key -> !known.contains(key)).findFirst().ifPresent(key -> {
            throw new IllegalArgumentException("Unknown key " + PREFIX + key + "; there are: " + PREFIX + "{" + String.join(", ", known) + "}");
        });
    }

    private <T> T read(String key, T fallback, String expected, Function<String, T> reader, Predicate<T> allowed) {
        known.add(key);
        String text = given.getOrDefault(key, "");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            T value = reader.apply(text);
            if (allowed.test(value)) {
                return value;
            }
        } catch (IllegalArgumentException | DateTimeParseException e) {
            // said below
        }
        throw refused(key, "must be " + expected + ", not \"" + text + "\"");
    }

    static IllegalArgumentException refused(String key, String why) {
        return new IllegalArgumentException(PREFIX + key + " " + why);
    }
}
