package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Answers {@code POST /analytics/query} from what can be looked up. Stateless. */
final class Analytics {

    private static final int MOST_DIMENSIONS = 2;
    private static final int MOST_FILTERS = 20;
    private static final int MOST_ROWS = 1_000;
    private static final Map<String, Function<Generation, BigDecimal>> METRICS = Map.of(
            "total_usage", Generation::cost,
            "request_count", one -> BigDecimal.ONE,
            "tokens_prompt", one -> BigDecimal.valueOf(one.promptTokens()),
            "tokens_completion", one -> BigDecimal.valueOf(one.completionTokens()),
            "tokens_total", one -> BigDecimal.valueOf(one.promptTokens() + one.completionTokens()),
            "reasoning_tokens", one -> BigDecimal.ZERO);
    private static final Map<String, Function<Generation, String>> DIMENSIONS = Map.of(
            "model", one -> one.terms().model(),
            "api_key_id", one -> one.terms().keyHash(),
            "provider", one -> "Simulated",
            "generation_id", Generation::id);
    private static final Map<String, String> PERIODS = Map.of("minute", "yyyy-MM-dd HH:mm:00", "hour", "yyyy-MM-dd HH:00:00", "day", "yyyy-MM-dd",
            "month", "yyyy-MM-01");

    private Analytics() {
    }

    static ObjectNode answer(JsonNode query, List<Generation> all) throws Refused {
        List<String> metrics = names(query.path("metrics"), METRICS.keySet(), "metrics");
        List<String> dimensions = names(query.path("dimensions"), DIMENSIONS.keySet(), "dimensions");
        if (metrics.isEmpty() || dimensions.size() > MOST_DIMENSIONS || query.path("filters").size() > MOST_FILTERS) {
            throw bad("there must be a metric, at most " + MOST_DIMENSIONS + " dimensions and " + MOST_FILTERS + " filters");
        }
        Predicate<Generation> wanted = within(query.path("time_range")).and(one -> one.terms().billed());
        for (JsonNode filter : query.path("filters")) {
            wanted = wanted.and(filter(filter));
        }
        String period = query.path("granularity").asText("");
        if (!period.isEmpty() && !PERIODS.containsKey(period)) {
            throw bad("granularity");
        }
        Map<ObjectNode, List<Generation>> groups = new LinkedHashMap<>();
        all.stream().filter(wanted).forEach(one -> groups.computeIfAbsent(place(one, dimensions, period), none -> new ArrayList<>()).add(one));
        return body(groups, metrics, Math.min(MOST_ROWS, query.path("limit").asInt(MOST_ROWS)));
    }

    private static ObjectNode body(Map<ObjectNode, List<Generation>> groups, List<String> metrics, int limit) {
        ArrayNode rows = Json.MAPPER.createArrayNode();
        groups.entrySet().stream().limit(limit).forEach(group -> {
            ObjectNode row = group.getKey().deepCopy();
            for (String metric : metrics) {
                BigDecimal sum = group.getValue().stream().map(METRICS.get(metric)).reduce(BigDecimal.ZERO, BigDecimal::add);
                // counts are texts, as from the service
                row.set(metric, Json.MAPPER.valueToTree(metric.equals("total_usage") ? sum : sum.toPlainString()));
            }
            rows.add(row);
        });
        ObjectNode body = Delivery.body("""
                {"data": {"data": null, "metadata": {"query_time_ms": 1, "row_count": %s, "truncated": %s}}}""", rows.size(), groups.size() > limit);
        body.withObject("data").set("data", rows);
        return body;
    }

    private static ObjectNode place(Generation one, List<String> dimensions, String period) {
        ObjectNode place = Json.MAPPER.createObjectNode();
        if (!period.isEmpty()) {
            place.put("date__" + period, DateTimeFormatter.ofPattern(PERIODS.get(period)).format(one.at().atZone(ZoneOffset.UTC)));
        }
        dimensions.forEach(dimension -> place.put(dimension, DIMENSIONS.get(dimension).apply(one)));
        return place;
    }

    private static List<String> names(JsonNode list, Set<String> known, String what) throws Refused {
        List<String> names = list.valueStream().map(JsonNode::asText).toList();
        if (!known.containsAll(names)) {
            throw bad(what + " must be among " + String.join(", ", known.stream().sorted().toList()));
        }
        return names;
    }

    private static Predicate<Generation> filter(JsonNode filter) throws Refused {
        Function<Generation, String> field = DIMENSIONS.get(filter.path("field").asText());
        JsonNode value = filter.path("value");
        List<String> values = value.isArray() ? value.valueStream().map(JsonNode::asText).toList() : List.of(value.asText());
        String operator = filter.path("operator").asText();
        if (field == null || !List.of("eq", "in", "neq", "not_in").contains(operator)) {
            throw bad("the simulator filters by eq, neq, in and not_in of model, api_key_id, provider and generation_id");
        }
        boolean among = operator.equals("eq") || operator.equals("in");
        return one -> values.contains(field.apply(one)) == among;
    }

    private static Predicate<Generation> within(JsonNode range) throws Refused {
        try {
            Instant start = range.has("start") ? Instant.parse(range.get("start").asText()) : Instant.MIN;
            Instant end = range.has("end") ? Instant.parse(range.get("end").asText()) : Instant.MAX;
            return one -> !one.at().isBefore(start) && one.at().isBefore(end);
        } catch (DateTimeException e) {
            throw bad("time_range");
        }
    }

    private static Refused bad(String message) {
        return new Refused(400, "Invalid query: " + message);
    }
}
