package io.promptroutes.call;

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
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How long a server asks to wait, in whichever of the known places it says so. Thread-safe. Waits are never negative and never longer
 * than a day; null means that it says nothing that can be read.
 */
record RetryAfter(Clock clock) {

    private static final Duration LONGEST = Duration.ofDays(1);
    /** Below it a number is the seconds to wait, from it on an instant in seconds. */
    private static final BigDecimal FIRST_EPOCH_SECOND = new BigDecimal("1e9");
    /** From it on a number is an instant in milliseconds. */
    private static final BigDecimal FIRST_EPOCH_MILLI = new BigDecimal("1e11");
    /** Some 300 years from now: more is no wait but a mistake. */
    private static final BigDecimal LAST_EPOCH_MILLI = new BigDecimal("1e13");
    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder().appendOptional(DateTimeFormatter.RFC_1123_DATE_TIME)
            .appendOptional(DateTimeFormatter.ISO_OFFSET_DATE_TIME).toFormatter(Locale.ROOT);
    private static final int LOOKED_AT = 16_000;

    private static final String PART = "(\\d{1,9}(?:\\.\\d{1,9})?)\\s?(ms|milliseconds?|s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?|d|days?)(?![a-z])";
    private static final Pattern PARTS = Pattern.compile(PART, Pattern.CASE_INSENSITIVE);
    /** "1m30s", "7 seconds", "1 minute and 5 seconds". */
    private static final Pattern SPAN = Pattern.compile("(?i)(?:" + PART + "(?:\\s?,)?\\s?(?:and\\s)?){1,5}");
    /** "Please try again in 4.2s", also google.rpc.RetryInfo's {@code "retryDelay":"12s"}, however often its quotes are escaped. */
    private static final Pattern TOLD = Pattern.compile("(?i)(?:again|retry|wait|resets?|delay)\\W{1,16}(?:(?:in|after|for)\\s+)?(" + SPAN + ")");

    private static final Pattern MEMBER = Pattern.compile("(?i)retry_?(?:after|delay|in)_?(?:(ms|millis|milliseconds)|s|secs?|seconds?)?");

    Duration of(Function<String, String> header, ErrorBody body, FailureKind kind) {
        JsonNode metadata = body.metadata();
        String all = body.message() + " " + body.error();
        UnaryOperator<String> named = name -> header.apply(name) != null ? header.apply(name) : named(name, metadata.path("headers"));
        String millis = named.apply("retry-after-ms");
        Duration wait = firstOf(millis == null ? null : millis + "ms", named.apply("Retry-After"), member(body.availability()), member(metadata),
                member(body.error()),
                TOLD.matcher(all.substring(0, Math.min(all.length(), LOOKED_AT))).results().map(told -> told.group(1)).findFirst().orElse(null));
        Duration reset = firstOf(named.apply("X-RateLimit-Reset"));
        if (reset == null && kind == FailureKind.RATE_LIMITED) {
            // every answer names both; the one that is used up says when there is more
            reset = Stream.of("requests", "tokens").filter(unit -> !String.valueOf(named.apply("x-ratelimit-remaining-" + unit)).matches("[1-9]\\d*"))
                    .map(unit -> firstOf(named.apply("x-ratelimit-reset-" + unit))).filter(Objects::nonNull).max(Comparator.naturalOrder()).orElse(null);
        }
        return wait == null || kind == FailureKind.FREE_LIMIT && reset != null ? reset : wait;
    }

    private Duration firstOf(String... values) {
        return Stream.of(values).filter(Objects::nonNull).map(this::duration).filter(Objects::nonNull).findFirst()
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait).orElse(null);
    }

    private Duration duration(String value) {
        BigDecimal number = Json.number(value);
        if (number == null) {
            return SPAN.matcher(value.strip()).matches() ? span(value) : date(value.strip());
        }
        if (number.compareTo(FIRST_EPOCH_SECOND) < 0) {
            return Duration.ofMillis(whole(number.max(BigDecimal.ZERO).movePointRight(3)));
        }
        BigDecimal millis = number.compareTo(FIRST_EPOCH_MILLI) < 0 ? number.movePointRight(3) : number;
        return millis.compareTo(LAST_EPOCH_MILLI) > 0 ? null : Duration.between(clock.instant(), Instant.ofEpochMilli(whole(millis)));
    }

    private static Duration span(String value) {
        return PARTS.matcher(value).results().map(part -> {
            String unit = part.group(2).toLowerCase(Locale.ROOT);
            long millis = unit.equals("ms") || unit.startsWith("mil") ? 1 : unit.startsWith("s") ? 1_000 : unit.startsWith("m") ? 60_000
                    : unit.startsWith("h") ? 3_600_000 : 86_400_000;
            return Duration.ofMillis(whole(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(millis))));
        }).reduce(Duration.ZERO, Duration::plus);
    }

    private Duration date(String value) {
        try {
            return Duration.between(clock.instant(), ZonedDateTime.parse(value, DATE).toInstant());
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static long whole(BigDecimal millis) {
        return millis.setScale(0, RoundingMode.CEILING).longValue();
    }

    private static String member(JsonNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            Matcher name = MEMBER.matcher(field.getKey());
            String value = Nodes.text(field.getValue());
            if (value != null && name.matches()) {
                return name.group(1) == null ? value : value + "ms";
            }
        }
        return null;
    }

    private static String named(String name, JsonNode headers) {
        return Nodes.text(headers.properties().stream().filter(header -> header.getKey().equalsIgnoreCase(name)).findFirst()
                .map(Map.Entry::getValue).map(Nodes::first).orElse(MissingNode.getInstance()));
    }
}
