package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was used, by finished day in UTC, model and key: {@code GET /activity}. Thread-safe. */
final class Activity {

    private static final int DAYS = 30;

    private record Place(LocalDate day, String model, String slug, String keyHash) {
    }

    private record Used(long requests, long promptTokens, long completionTokens, BigDecimal usd, BigDecimal byok) {

        Used and(Used more) {
            return new Used(requests + more.requests, promptTokens + more.promptTokens, completionTokens + more.completionTokens,
                    usd.add(more.usd), byok.add(more.byok));
        }
    }

    private final Map<Place, Used> used = new LinkedHashMap<>();

    synchronized void add(Generation done) {
        Generation.Terms terms = done.terms();
        if (terms.billed()) {
            used.merge(new Place(LocalDate.ofInstant(done.at(), ZoneOffset.UTC), terms.model(), terms.slug(), terms.keyHash()),
                    new Used(1, done.promptTokens(), done.completionTokens(), done.cost(), terms.byok() == null ? BigDecimal.ZERO : terms.byok()), Used::and);
        }
    }

    /**
     * @param date    null for all days that can be asked for
     * @param keyHash null for all keys
     */
    synchronized ObjectNode body(String date, String keyHash, boolean byWorkspace, Instant now) throws Refused {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate only = date == null ? null : day(date, today);
        Map<Place, Used> rows = new LinkedHashMap<>();
        used.forEach((place, some) -> {
            boolean wanted = only == null ? finished(place.day(), today) : place.day().equals(only);
            if (wanted && (keyHash == null || keyHash.equals(place.keyHash()))) {
                rows.merge(new Place(place.day(), place.model(), place.slug(), null), some, Used::and);
            }
        });
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode data = body.putArray("data");
        rows.forEach((place, sum) -> {
            ObjectNode row = Delivery.body("""
                    {"date": %s, "model": %s, "model_permaslug": %s, "endpoint_id": %s, "provider_name": "Simulated", "usage": %s,
                     "byok_usage_inference": %s, "requests": %s, "prompt_tokens": %s, "completion_tokens": %s, "reasoning_tokens": 0}
                    """, place.day().toString(), place.model(), place.slug(), "simulated-" + Integer.toHexString(place.model().hashCode()),
                    sum.usd(), sum.byok(), sum.requests(), sum.promptTokens(), sum.completionTokens());
            if (byWorkspace) {
                row.put("workspace_id", "simulated");
            }
            data.add(row);
        });
        return body;
    }

    private static LocalDate day(String date, LocalDate today) throws Refused {
        try {
            LocalDate day = LocalDate.parse(date);
            if (finished(day, today)) {
                return day;
            }
        } catch (DateTimeException e) {
            // told below
        }
        throw new Refused(400, "date must be one of the last " + DAYS + " finished UTC days, such as " + today.minusDays(1));
    }

    private static boolean finished(LocalDate day, LocalDate today) {
        return day.isBefore(today) && !day.isBefore(today.minusDays(DAYS));
    }
}
