package io.promptroutes.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads typed values of the {@code simulator.*} properties; what it refuses, it refuses by the key's name. One thread. */
final class Settings {

    private static final String PREFIX = "simulator.";
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h)?");

    private final Map<String, String> given = new TreeMap<>();
    private final Set<String> known = new TreeSet<>();

    Settings(Map<String, String> properties) {
        properties.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                given.put(key.substring(PREFIX.length()), value == null ? "" : value.strip());
            }
        });
    }

    String text(String key, String fallback) {
        return read(key, fallback, "", Function.identity());
    }

    boolean flag(String key, boolean fallback) {
        return read(key, fallback, "true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    long number(String key, long fallback, long least, long most) {
        return read(key, fallback, "a whole number from " + least + " to " + most, text -> {
            long number = Long.parseLong(text);
            if (number < least || number > most) {
                throw new IllegalArgumentException();
            }
            return number;
        });
    }

    /** Null where the key is not set. */
    BigDecimal amount(String key) {
        return read(key, null, "an amount in USD such as 0.50", text -> {
            BigDecimal amount = new BigDecimal(text);
            if (amount.signum() < 0) {
                throw new IllegalArgumentException();
            }
            return amount;
        });
    }

    double percent(String key) {
        return read(key, 0.0, "a percentage from 0 to 100", text -> {
            double percent = Double.parseDouble(text);
            if (!(percent >= 0 && percent <= 100)) {
                throw new IllegalArgumentException();
            }
            return percent;
        });
    }

    Duration duration(String key, Duration fallback) {
        return read(key, fallback, "a duration such as 200ms, 60s or PT0.2S", Settings::duration);
    }

    /** Comma-separated; blank entries do not count. */
    Set<String> list(String key) {
        return read(key, Set.of(), "a comma-separated list", text -> {
            Set<String> entries = new LinkedHashSet<>();
            Arrays.stream(text.split(",")).map(String::strip).filter(entry -> !entry.isEmpty()).forEach(entries::add);
            return entries;
        });
    }

    /** To be called when every key has been asked for. */
    void refuseUnknownKeys() {
        for (String key : given.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("Unknown key " + PREFIX + key + "; there are: " + PREFIX + "{"
                        + String.join(", ", known) + "}");
            }
        }
    }

    static IllegalArgumentException refused(String key, String why) {
        return new IllegalArgumentException(PREFIX + key + " " + why);
    }

    private <T> T read(String key, T fallback, String expected, Function<String, T> reader) {
        known.add(key);
        String text = given.getOrDefault(key, "");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw refused(key, "must be " + expected + ", not \"" + text + "\"");
        }
    }

    private static Duration duration(String text) {
        Matcher matcher = SHORT_DURATION.matcher(text);
        Duration duration = matcher.matches()
                ? Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)))
                : Duration.parse(text);
        if (duration.isNegative()) {
            throw new IllegalArgumentException();
        }
        return duration;
    }

    private static ChronoUnit unit(String name) {
        return switch (name == null ? "ms" : name) {
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> ChronoUnit.MILLIS;
        };
    }
}
