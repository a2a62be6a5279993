package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A row of the catalogue. Immutable.
 *
 * @param canonicalSlug       the dated name under which an answer may say it was served; the id where the row has none
 * @param contextLength       tokens in and out, the smaller of the model's own and its main provider's; null where unknown
 * @param maxCompletionTokens null where unknown
 * @param inputModalities     such as {@code text}, {@code image}, {@code file}, {@code audio}
 * @param reasoning           null for a model that does not think
 * @param expirationDate      the day on which it goes, or null
 * @param aliasTarget         the id that an alias row stands for, or null
 */
public record Model(String id, String canonicalSlug, Long contextLength, Long maxCompletionTokens, Price price,
        Set<String> supportedParameters, Set<String> inputModalities, Reasoning reasoning, LocalDate expirationDate, String aliasTarget) {

    private static final Pattern NAME = Pattern.compile("[^\\s\\p{C}]{1,200}");
    /** Tokens; no context is so long. */
    private static final long MOST_TOKENS = 1_000_000_000_000L;

    /**
     * How it thinks before it answers.
     *
     * @param mandatory      it cannot be told not to
     * @param defaultEnabled it does unless told not to
     */
    public record Reasoning(boolean mandatory, boolean defaultEnabled) {
    }

    /** Of {@code GET /models}. What is not known is ignored. @throws IllegalArgumentException where the row has no id, or prices that cannot be read */
    static Model read(JsonNode row) {
        String id = row.path("id").textValue();
        if (id == null || !NAME.matcher(id).matches() || !row.path("pricing").isObject()) {
            throw new IllegalArgumentException("no model");
        }
        JsonNode provider = row.path("top_provider");
        return new Model(id,
                row.path("canonical_slug").asText(id),
                Stream.of(row, provider).map(node -> count(node.path("context_length"))).filter(Objects::nonNull).min(Long::compare).orElse(null),
                count(provider.path("max_completion_tokens")),
                price(row.path("pricing")),
                strings(row.path("supported_parameters")),
                strings(row.path("architecture").path("input_modalities")),
                reasoning(row.path("reasoning")),
                date(row.path("expiration_date")),
                row.path("alias_target").path("slug").asText(null));
    }

    private static Reasoning reasoning(JsonNode node) {
        return node.isObject() ? new Reasoning(node.path("mandatory").asBoolean(), node.path("default_enabled").asBoolean()) : null;
    }

    private static Long count(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() > 0 && node.longValue() <= MOST_TOKENS ? node.longValue() : null;
    }

    private static Set<String> strings(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).collect(Collectors.toUnmodifiableSet());
    }

    private static LocalDate date(JsonNode node) {
        try {
            return node.isTextual() ? LocalDate.parse(node.asText()) : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** @param pricing decimal strings, of which a negative one means that it depends, and so is not known */
    static Price price(JsonNode pricing) {
        Map<Price.Kind, BigDecimal> usual = prices(pricing);
        if (!pricing.hasNonNull("request")) {
            usual.put(Price.Kind.REQUEST, BigDecimal.ZERO);
        }
        List<PriceOverride> overrides = new ArrayList<>();
        for (JsonNode entry : pricing.path("overrides")) {
            Map<Price.Kind, BigDecimal> changed = prices(entry);
            for (Price.Kind kind : List.of(Price.Kind.PROMPT, Price.Kind.COMPLETION, Price.Kind.REQUEST)) {
                if (entry.hasNonNull(kind.toString()) && !changed.containsKey(kind)) {
                    return Price.UNKNOWN;
                }
            }
            // thought tokens are billed as output: a dearer answer must not leave them at the old price
            if (changed.containsKey(Price.Kind.COMPLETION)) {
                changed.putIfAbsent(Price.Kind.INTERNAL_REASONING, changed.get(Price.Kind.COMPLETION));
            }
            overrides.add(new PriceOverride(entry.hasNonNull("min_prompt_tokens") ? Long.valueOf(entry.get("min_prompt_tokens").asText()) : null,
                    hour(entry.path("utc_start")), hour(entry.path("utc_end")), changed));
        }
        return new Price(usual, overrides);
    }

    private static Map<Price.Kind, BigDecimal> prices(JsonNode node) {
        Map<Price.Kind, BigDecimal> prices = new EnumMap<>(Price.Kind.class);
        for (Price.Kind kind : Price.Kind.values()) {
            if (node.hasNonNull(kind.toString())) {
                BigDecimal price = Json.number(node.get(kind.toString()));
                if (price == null || price.signum() > 0 && !Usd.plausible(price)) {
                    throw new IllegalArgumentException("price out of range");
                }
                if (price.signum() >= 0) {
                    prices.put(kind, price.signum() == 0 ? BigDecimal.ZERO : price);
                }
            }
        }
        return prices;
    }

    /** HHMM, as a string or a number; 2400 is midnight, and so is none. */
    private static LocalTime hour(JsonNode node) {
        int clock = Integer.parseInt(node.asText("0"));
        if (clock < 0 || clock % 100 > 59 || clock > 2400) {
            throw new IllegalArgumentException("no time of day");
        }
        return LocalTime.of(clock / 100 % 24, clock % 100);
    }
}
