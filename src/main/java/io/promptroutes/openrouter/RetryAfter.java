package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How long a server asks to wait, in whichever of the known places it says so. Thread-safe. Waits are never negative and not capped;
 * null means that it says nothing that can be read.
 */
record RetryAfter(Clock clock) {

    /** Below it a number is the seconds to wait, from it on an instant in seconds. */
    private static final BigDecimal FIRST_EPOCH_SECOND = new BigDecimal("1e9");
    /** From it on a number is an instant in milliseconds. */
    private static final BigDecimal FIRST_EPOCH_MILLI = new BigDecimal("1e11");
    /** Some 300 years from now: more is no wait but a mistake. */
    private static final BigDecimal LAST_EPOCH_MILLI = new BigDecimal("1e13");

    /** @param resetFirst for a daily cap, whose reset tells more than a standard wait */
    Duration of(Function<String, String> header, JsonNode error, boolean resetFirst) {
        JsonNode metadata = error.path("metadata");
        JsonNode headers = metadata.path("headers");
        Duration wait = firstOf(header.apply("Retry-After"), Nodes.text(error.path("availability").path("retry_after")),
                Nodes.text(metadata.path("retry_after")), Nodes.text(metadata.path("retry_after_seconds")), named("Retry-After", headers));
        Duration reset = firstOf(header.apply("X-RateLimit-Reset"), named("X-RateLimit-Reset", headers));
        return wait == null || resetFirst && reset != null ? reset : wait;
    }

    private Duration firstOf(String... values) {
        return Stream.of(values).filter(Objects::nonNull).map(this::duration).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private Duration duration(String value) {
        BigDecimal number = Json.number(value);
        if (number == null) {
            return date(value);
        }
        if (number.compareTo(FIRST_EPOCH_SECOND) < 0) {
            return Duration.ofMillis(whole(number.max(BigDecimal.ZERO).movePointRight(3)));
        }
        BigDecimal millis = number.compareTo(FIRST_EPOCH_MILLI) < 0 ? number.movePointRight(3) : number;
        return millis.compareTo(LAST_EPOCH_MILLI) > 0 ? null : until(Instant.ofEpochMilli(whole(millis)));
    }

    private Duration date(String value) {
        try {
            return until(ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private Duration until(Instant instant) {
        Duration wait = Duration.between(clock.instant(), instant);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static long whole(BigDecimal millis) {
        return millis.setScale(0, RoundingMode.CEILING).longValue();
    }

    private static String named(String name, JsonNode headers) {
        return Nodes.text(headers.properties().stream().filter(header -> header.getKey().equalsIgnoreCase(name)).findFirst()
                .map(Map.Entry::getValue).map(Nodes::first).orElse(MissingNode.getInstance()));
    }
}
