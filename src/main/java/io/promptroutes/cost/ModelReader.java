package io.promptroutes.cost;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads one row of {@code GET /models}; what it does not know it ignores, since new fields come any day. */
final class ModelReader {

    private ModelReader() {
    }

    /** @throws IllegalArgumentException where the row has no id, or prices that cannot be read */
    static Model read(JsonNode row) {
        String id = row.path("id").asText();
        if (!row.path("id").isTextual() || id.isBlank() || !row.path("pricing").isObject()) {
            throw new IllegalArgumentException("no model");
        }
        JsonNode provider = row.path("top_provider");
        return new Model(id,
                row.path("canonical_slug").asText(id),
                row.path("name").asText(id),
                smaller(count(row.path("context_length")), count(provider.path("context_length"))),
                count(provider.path("max_completion_tokens")),
                PriceReader.read(row.path("pricing")),
                strings(row.path("supported_parameters")),
                strings(row.path("architecture").path("input_modalities")),
                reasoning(row.path("reasoning")),
                date(row.path("expiration_date")),
                provider.path("is_moderated").asBoolean(),
                row.path("alias_target").path("slug").asText(null));
    }

    private static Reasoning reasoning(JsonNode node) {
        if (!node.isObject()) {
            return null;
        }
        return new Reasoning(node.path("mandatory").asBoolean(), node.path("default_enabled").asBoolean(),
                strings(node.path("supported_efforts")));
    }

    private static Long count(JsonNode node) {
        return node.isIntegralNumber() && node.longValue() > 0 ? node.longValue() : null;
    }

    private static Long smaller(Long one, Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(one, other);
    }

    private static Set<String> strings(JsonNode list) {
        Set<String> strings = new LinkedHashSet<>();
        list.forEach(item -> strings.add(item.asText()));
        return Set.copyOf(strings);
    }

    private static LocalDate date(JsonNode node) {
        try {
            return node.isTextual() ? LocalDate.parse(node.asText()) : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
