package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Writable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges answers to requests whose {@code response_format} asks for JSON, for a bounded time each. Thread-safe. */
public final class StructuredOutput {

    private static final Logger LOG = LoggerFactory.getLogger(StructuredOutput.class);
    /** Characters of all schemas that are kept. */
    private static final int KEPT = 4_000_000;
    /** Longer answers than any model gives. */
    private static final int LONGEST_ANSWER = 1_000_000;
    private static final String NOT_CHECKED = " cannot be used here, so that answers are only checked for being JSON";

    private final Duration most;
    /** What is usable as it is written, and did not take too long so far. */
    private final Cache<String, Optional<OutputSchema>> schemas = Caffeine.newBuilder().maximumWeight(KEPT)
            .weigher((String schema, Optional<OutputSchema> made) -> schema.length()).build();

    /** @param most that one check may take */
    public StructuredOutput(Duration most) {
        this.most = most;
    }

    /**
     * What became of a check.
     *
     * @param fault why the answer is not what the request asks for, in words for the model; null where it is
     * @param text  the answer's JSON
     * @param note  what to know about it, or null
     */
    public record Verdict(String fault, String text, String note) {

        /** Where the check itself failed. */
        public static Verdict none(String text) {
            return new Verdict(null, text, "the answer could not be checked");
        }
    }

    /** Whether an answer has to be JSON: a refusal and tool calls are answers of their own. */
    public static boolean concerns(JsonNode request, Answer answer) {
        String type = request.path("response_format").path("type").asText();
        return (type.equals("json_object") || type.equals("json_schema")) && answer.refusal() == null && answer.toolCalls() == null;
    }

    public Verdict check(JsonNode request, String text) {
        JsonNode given = request.path("response_format").path("json_schema").path("schema");
        JsonNode schema = given.isNull() ? MissingNode.getInstance() : given;
        CheckLimit limit = new CheckLimit(most);
        if (EmbeddedJson.is(text)) {
            return judged(schema, text, limit);
        }
        if (text.isBlank()) {
            return new Verdict("it is empty", text, null);
        }
        List<Verdict> fits = new ArrayList<>();
        List<String> found = EmbeddedJson.in(text);
        Verdict last = null;
        for (String json : found) {
            last = judged(schema, json, limit);
            boolean known = !schema.isMissingNode() && (last.note() == null || found.size() == 1); // else a number in brackets may stand in the prose
            if (last.fault() == null && (known || json.startsWith("{"))) {
                fits.add(last);
            }
        }
        if (fits.size() == 1) {
            String note = "the answer's JSON was taken out of the text around it";
            return new Verdict(null, fits.get(0).text(), fits.get(0).note() == null ? note : note + "; " + fits.get(0).note());
        }
        return found.size() == 1 && last.fault() != null ? last : new Verdict(EmbeddedJson.fault(text) + (fits.size() > 1 ? ", but holds several that could be meant" : ""), text, null);
    }

    private Verdict judged(JsonNode schema, String json, CheckLimit limit) {
        try {
            if (schema.isMissingNode()) {
                return new Verdict(null, json, null);
            }
            JsonNode given = json.length() > LONGEST_ANSWER ? MissingNode.getInstance() : Json.tree(json.getBytes(StandardCharsets.UTF_8));
            if (given.isMissingNode() || Writable.problem(given) != null) {
                return new Verdict(null, json, "the answer is too long, too deep, or holds a number out of bounds, to be checked by its schema");
            }
            return new Verdict(usable(schema, limit).faults(given, limit), json, null);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.debug("an answer cannot be checked: {}", e.getClass().getName()); // its message quotes the request
            boolean over = e instanceof CheckLimit.Over;
            schemas.put(schema.toString(), Optional.empty());
            return new Verdict(null, json, "the schema of response_format" + (over ? " takes longer than " + most.toMillis() + " ms to check, and" : "") + NOT_CHECKED);
        }
    }

    private OutputSchema usable(JsonNode schema, CheckLimit limit) {
        String text = schema.toString();
        Optional<OutputSchema> made = schemas.getIfPresent(text);
        if (made == null) {
            made = Optional.ofNullable(text.length() > OutputSchema.LARGEST ? null : OutputSchema.of(schema, limit));
            schemas.put(text, made);
        }
        return made.orElseThrow(() -> new IllegalArgumentException("no usable schema"));
    }
}
