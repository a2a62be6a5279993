package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Refused;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Answers {@code GET /batches}. Stateless. */
final class BatchListing {

    private static final Set<String> STATUSES = Set.of("validating", "in_progress", "completed", "failed", "expired", "cancelled");
    private static final int MOST = 100;

    private BatchListing() {
    }

    /** @param all newest first */
    static ObjectNode of(List<Batch> all, MultiMap query, Instant now) throws Refused {
        int limit = limit(query.get("limit"));
        List<String> statuses = query.getAll("status");
        if (!STATUSES.containsAll(statuses)) {
            throw new Refused(400, "status: Invalid option");
        }
        Instant after = time(query.get("created_after"));
        Instant before = time(query.get("created_before"));
        if (after != null && before != null && !after.isBefore(before)) {
            throw new Refused(400, "created_after must be before created_before");
        }
        Predicate<Batch> wanted = batch -> (statuses.isEmpty() || statuses.contains(batch.status(now)))
                && (after == null || batch.created().isAfter(after)) && (before == null || batch.created().isBefore(before));
        List<Batch> found = after(all, query.get("after")).stream().filter(wanted).toList();
        ObjectNode body = Json.MAPPER.createObjectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        found.stream().limit(limit).forEach(batch -> data.add(batch.body(now)));
        body.put("first_id", data.isEmpty() ? null : data.get(0).path("id").asText());
        body.put("last_id", data.isEmpty() ? null : data.get(data.size() - 1).path("id").asText());
        return body.put("has_more", found.size() > limit);
    }

    private static List<Batch> after(List<Batch> all, String id) throws Refused {
        if (id == null) {
            return all;
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().equals(id)) {
                return all.subList(i + 1, all.size());
            }
        }
        throw new Refused(400, "after: no such batch");
    }

    private static int limit(String text) throws Refused {
        try {
            int limit = text == null ? 20 : Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new Refused(400, "limit must be from 1 to " + MOST);
    }

    private static Instant time(String text) throws Refused {
        try {
            return text == null ? null : text.matches("\\d{1,12}") ? Instant.ofEpochSecond(Long.parseLong(text)) : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Refused(400, "Invalid time: " + text);
        }
    }
}
