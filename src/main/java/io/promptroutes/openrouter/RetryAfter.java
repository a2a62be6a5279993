package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.function.Function;

/**
 * How long a server asks to wait, in whichever of the known places it says so. Thread-safe. Waits are never negative and not capped;
 * null means that it says nothing that can be read.
 */
final class RetryAfter {

    /** Below it a reset is a number of seconds to wait, from it on an instant in seconds. */
    private static final BigDecimal FIRST_EPOCH_SECOND = new BigDecimal("1e9");
    /** From it on a reset is an instant in milliseconds. */
    private static final BigDecimal FIRST_EPOCH_MILLI = new BigDecimal("1e11");
    /** Some 300 years: more is no wait but a mistake. */
    private static final BigDecimal MOST_SECONDS = new BigDecimal("1e10");

    private final Clock clock;

    RetryAfter(Clock clock) {
        this.clock = clock;
    }

    /** @param resetFirst for a daily cap, whose reset tells more than a standard wait */
    Duration of(Function<String, String> header, JsonNode error, boolean resetFirst) {
        Duration reset = reset(header, error);
        if (resetFirst && reset != null) {
            return reset;
        }
        Duration wait = wait(header, error);
        return wait != null ? wait : reset;
    }

    private Duration wait(Function<String, String> header, JsonNode error) {
        Duration wait = secondsOrDate(header.apply("Retry-After"));
        JsonNode metadata = error.path("metadata");
        for (JsonNode place : new JsonNode[] {error.path("availability").path("retry_after"), metadata.path("retry_after"),
            metadata.path("retry_after_seconds"), ignoringCase(metadata.path("headers"), "Retry-After")}) {
            if (wait == null) {
                wait = secondsOrDate(Nodes.text(place));
            }
        }
        return wait;
    }

    private Duration reset(Function<String, String> header, JsonNode error) {
        Duration reset = untilReset(header.apply("X-RateLimit-Reset"));
        return reset != null ? reset : untilReset(Nodes.text(ignoringCase(error.path("metadata").path("headers"), "X-RateLimit-Reset")));
    }

    private Duration secondsOrDate(String value) {
        if (value == null) {
            return null;
        }
        BigDecimal seconds = Nodes.number(value);
        if (seconds != null) {
            return seconds(seconds);
        }
        try {
            return until(ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private Duration untilReset(String value) {
        BigDecimal reset = Nodes.number(value);
        if (reset == null || reset.compareTo(FIRST_EPOCH_SECOND) < 0) {
            return reset == null ? null : seconds(reset);
        }
        BigDecimal seconds = reset.compareTo(FIRST_EPOCH_MILLI) < 0 ? reset : reset.movePointLeft(3);
        return seconds.compareTo(MOST_SECONDS) > 0 ? null : until(Instant.ofEpochMilli(millis(seconds)));
    }

    private Duration until(Instant instant) {
        Duration wait = Duration.between(clock.instant(), instant);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static Duration seconds(BigDecimal seconds) {
        if (seconds.signum() <= 0) {
            return Duration.ZERO;
        }
        return seconds.compareTo(MOST_SECONDS) > 0 ? null : Duration.ofMillis(millis(seconds));
    }

    private static long millis(BigDecimal seconds) {
        return seconds.movePointRight(3).setScale(0, RoundingMode.CEILING).longValue();
    }

    private static JsonNode ignoringCase(JsonNode headers, String name) {
        for (Map.Entry<String, JsonNode> header : headers.properties()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                JsonNode value = header.getValue();
                return value.isArray() ? value.path(0) : value;
            }
        }
        return headers.path(name);
    }
}
