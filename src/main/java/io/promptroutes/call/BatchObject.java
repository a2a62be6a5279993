package io.promptroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A batch as the service tells of it, or a page of its results or of a list of batches. Lines and items are handed on as they are read, since a body may
 * have hundreds of megabytes. Immutable by agreement.
 *
 * @param members all that is no line
 * @param listed  whether it has lines or items, or an empty list of them
 */
public record BatchObject(ObjectNode members, boolean listed) {

    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");
    private static final Set<String> GOING_ON = Set.of("validating", "in_progress", "finalizing", "cancelling");
    /** Of the year 9999. */
    private static final long LAST = 253_402_300_799L;
    /** More comes behind each. */
    private static final ObjectReader PART = Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    /** Of a batch, and of a page. */
    private static final Set<String> LISTS = Set.of("results", "data");

    /** @throws IOException where it is no JSON object, or ends too early; what was handed on before stays */
    public static BatchObject read(InputStream body, Consumer<JsonNode> line) throws IOException {
        ObjectNode members = Json.MAPPER.createObjectNode();
        boolean listed = false;
        try (JsonParser json = Json.MAPPER.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the answer is no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken() == JsonToken.START_ARRAY && LISTS.contains(name)) {
                    listed = true;
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        if (json.currentToken() == null) {
                            throw new IOException("the answer was cut");
                        }
                        line.accept(PART.readTree(json));
                    }
                } else {
                    members.set(name, PART.readTree(json));
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT) {
                throw new IOException("the answer was cut");
            }
        }
        return new BatchObject(members, listed);
    }

    /** Of a batch within a list. */
    public static BatchObject of(JsonNode item) {
        return new BatchObject(item instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode(), false);
    }

    /** Null where there is none: then it is no batch. */
    public String id() {
        return Nodes.text(members.path("id"));
    }

    public String status() {
        return members.path("status").asText("");
    }

    /** Whether nothing more comes of it. */
    public boolean ended() {
        return ENDED.contains(status());
    }

    /** Whether its status is none that is known. */
    public boolean odd() {
        return !ended() && !GOING_ON.contains(status());
    }

    public String model() {
        return members.path("model").asText("");
    }

    public String endpoint() {
        return members.path("endpoint").asText("");
    }

    /** Of all its lines; 0 where it does not know yet. */
    public int total() {
        return members.at("/request_counts/total").asInt();
    }

    /** Lines that it is through with. */
    public int done() {
        return members.at("/request_counts/completed").asInt() + members.at("/request_counts/failed").asInt();
    }

    /** In whole seconds; null where it does not say. */
    public Instant createdAt() {
        return time("created_at");
    }

    /** What all its lines have cost; null where nobody says. */
    public BigDecimal costUsd() {
        Usage usage = UsageReader.read(members, false);
        return usage == null ? null : usage.toldUsd();
    }

    /** Why it failed, scrubbed and shortened; empty where it does not say. */
    public String error() {
        return text(members.path("error"));
    }

    /** What its failure says of batches. */
    public Set<BatchHindrance> hindrances() {
        return BatchHindrance.in(members);
    }

    /** When it is to be through; null where it does not say. */
    public Instant expiresAt() {
        return time("expires_at");
    }

    /** When it was through; null where it does not say. */
    public Instant finalizedAt() {
        return time("finalized_at");
    }

    /** In whole seconds. */
    private Instant time(String name) {
        JsonNode seconds = members.path(name);
        return seconds.isNumber() && seconds.canConvertToLong() ? Instant.ofEpochSecond(Math.max(0, Math.min(LAST, seconds.longValue()))) : null;
    }

    /** Behind which the next page begins; null where there is none. */
    public String next() {
        return members.path("has_more").asBoolean() ? first(Nodes.text(members.path("next_cursor")), Nodes.text(members.path("last_id"))) : null;
    }

    /** What an error says, whatever its form. */
    public static String text(JsonNode error) {
        String said = error.isTextual() ? error.textValue() : first(Nodes.text(error.path("message")), Nodes.text(error.path("error").path("message")));
        return said == null ? "" : ErrorText.of(said, error.path("metadata"));
    }

    private static String first(String one, String other) {
        return one != null ? one : other;
    }
}
