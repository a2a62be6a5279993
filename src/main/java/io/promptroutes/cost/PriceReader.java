package io.promptroutes.cost;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code pricing} of a catalogue row: decimal strings, of which a negative one means that it depends. */
final class PriceReader {

    private PriceReader() {
    }

    /** @throws IllegalArgumentException where a figure or an hour cannot be read */
    static Price read(JsonNode pricing) {
        List<PriceOverride> overrides = new ArrayList<>();
        for (JsonNode entry : pricing.path("overrides")) {
            if (depends(entry)) {
                return Price.UNKNOWN;
            }
            overrides.add(new PriceOverride(tokens(entry.get("min_prompt_tokens")),
                    hour(entry.get("utc_start")), hour(entry.get("utc_end")), prices(entry, null, List.of())));
        }
        return prices(pricing, BigDecimal.ZERO, overrides);
    }

    private static Price prices(JsonNode node, BigDecimal requestUnlessGiven, List<PriceOverride> overrides) {
        return new Price(
                usd(node.get("prompt")),
                usd(node.get("completion")),
                node.hasNonNull("request") ? usd(node.get("request")) : requestUnlessGiven,
                usd(node.get("image")),
                usd(node.get("audio")),
                usd(node.get("input_cache_read")),
                usd(node.get("input_cache_write")),
                usd(node.get("input_cache_write_1h")),
                usd(node.get("internal_reasoning")),
                overrides);
    }

    private static boolean depends(JsonNode override) {
        for (String name : List.of("prompt", "completion", "request")) {
            if (override.hasNonNull(name) && usd(override.get(name)) == null) {
                return true;
            }
        }
        return false;
    }

    private static BigDecimal usd(JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        BigDecimal figure = node.isNumber() ? node.decimalValue() : new BigDecimal(node.asText().strip());
        if (figure.signum() < 0) {
            return null;
        }
        if (!Usd.plausible(figure)) {
            throw new IllegalArgumentException("price out of range");
        }
        return figure.signum() == 0 ? BigDecimal.ZERO : figure;
    }

    private static Long tokens(JsonNode node) {
        return node == null || node.isNull() ? null : Long.valueOf(node.asText());
    }

    /** HHMM, as a string or a number; 2400 is midnight. */
    private static LocalTime hour(JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        int clock = Integer.parseInt(node.asText());
        int hours = clock / 100;
        int minutes = clock % 100;
        if (clock < 0 || minutes > 59 || clock > 2400) {
            throw new IllegalArgumentException("no time of day");
        }
        return LocalTime.of(hours % 24, minutes);
    }
}
