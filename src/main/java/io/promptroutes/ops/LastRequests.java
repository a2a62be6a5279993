package io.promptroutes.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.prompt.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What {@code /api/requests} says (docs/api.md): the prompts that ended last, how they were routed and what became of them, without
 * the texts of prompts and answers. Thread-safe; what was read before is not read again.
 */
public final class LastRequests {

    public static final int MOST = 100;
    /** A comparison has stored its branches, too, which are no requests of their own. */
    private static final int READ = 2 * MOST;
    /** In bytes of a result or dead letter. */
    private static final int LONGEST = 200_000;

    private static final List<String> TOLD = List.of("id", "status", "error", "tenant", "model_requested", "model_used", "provider", "generation_id",
            "finish_reason", "cached", "cost_usd", "cost_source", "calls_of_unknown_cost", "latency_ms", "usage", "routing", "fallback", "attempts",
            "analysis", "metadata", "source");
    private static final List<String> TOLD_OF_A_BRANCH = List.of("model", "model_used", "status", "cost_usd", "latency_ms", "quality_score", "error");

    private final Ledger ledger;
    private Map<UUID, ObjectNode> read = Map.of();

    /** @param ledger null where it is switched off */
    public LastRequests(Ledger ledger) {
        this.ledger = ledger;
    }

    /** @param most from 1 to {@link #MOST} */
    public ObjectNode latest(int most, Predicate<JsonNode> wanted) {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        out.put("ledger", ledger != null);
        ArrayNode rows = out.putArray("requests");
        if (ledger != null) {
            requests().stream().filter(wanted).limit(most).forEach(rows::add);
        }
        return out;
    }

    private synchronized List<ObjectNode> requests() {
        List<UUID> ids = ledger.figures().lastEnds(READ);
        Map<UUID, ObjectNode> now = new HashMap<>();
        for (Figures.End end : ledger.figures().ends(ids.stream().filter(id -> !read.containsKey(id)).toList(), LONGEST)) {
            now.put(end.id(), told(end));
        }
        ids.stream().filter(read::containsKey).forEach(id -> now.put(id, read.get(id)));
        read = now;
        return ids.stream().map(now::get).filter(Objects::nonNull).filter(request -> request.at("/routing/branch").isMissingNode()).limit(MOST).toList();
    }

    private static ObjectNode told(Figures.End end) {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("at", end.at().toString());
        JsonNode published = Json.tree(end.json());
        if (published.isMissingNode()) {
            return out.put("note", end.json() == null ? "its result is longer than " + LONGEST + " bytes" : "its result cannot be read");
        }
        copy(published, TOLD, out);
        for (JsonNode branch : published.path("model_results")) {
            copy(branch, TOLD_OF_A_BRANCH, out.withArray("branches").addObject());
        }
        return out;
    }

    private static void copy(JsonNode from, List<String> fields, ObjectNode to) {
        fields.stream().filter(from::has).forEach(field -> to.set(field, from.get(field)));
    }
}
