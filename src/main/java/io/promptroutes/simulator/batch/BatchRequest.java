package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Catalogue;
import io.promptroutes.simulator.Model;
import io.promptroutes.simulator.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A submission that was accepted. Immutable.
 *
 * @param sent   the model's name in it
 * @param model  the row of the price list
 * @param window the time within which it is to be through
 */
record BatchRequest(String endpoint, String sent, Model model, String window, List<Line> lines) {

    private static final Set<String> ENDPOINTS = Set.of("/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings");
    private static final String SERVED = "/v1/chat/completions";
    private static final Set<String> ROUTING = Set.of("only", "allow_fallbacks");
    private static final int LONGEST_ID = 64;
    /** One value of several. */
    private static final ObjectReader NEXT = Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** One request of a batch. */
    record Line(String customId, ObjectNode body) {
    }

    static BatchRequest parse(byte[] body, BatchConfig.Refusals refusals, Catalogue catalogue) throws Refused {
        ObjectNode head = Json.MAPPER.createObjectNode();
        try (JsonParser parser = Json.MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("The body is not a valid JSON object");
            }
            List<Line> lines = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (lines != null) {
                    throw order();
                }
                if (name.equals("requests")) {
                    if (!head.has("endpoint") || !head.has("model")) {
                        throw order();
                    }
                    lines = lines(parser, head, refusals);
                } else {
                    parser.nextToken();
                    head.set(name, NEXT.readTree(parser));
                }
            }
            if (lines == null) {
                throw head.has("endpoint") && head.has("model") ? bad("requests: Required") : order();
            }
            return new BatchRequest(head.path("endpoint").asText(), head.path("model").asText(), model(head, refusals, catalogue),
                    head.path("completion_window").asText(refusals.windows().get(0)), lines);
        } catch (IOException e) {
            throw bad("The body is not valid JSON");
        }
    }

    private static List<Line> lines(JsonParser parser, ObjectNode head, BatchConfig.Refusals refusals) throws IOException, Refused {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw bad("requests: Invalid input: expected array");
        }
        List<Line> lines = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode line = NEXT.readTree(parser);
            String id = customId(line, lines.size());
            if (!seen.add(id)) {
                throw doubled(lines.size() + 1, id);
            }
            JsonNode model = line.path("body").path("model");
            if (!line.path("body").isObject()) {
                throw bad("body is required on requests[" + lines.size() + "].");
            }
            if (!model.isMissingNode() && !model.equals(head.get("model"))) {
                throw bad("requests[" + lines.size() + "].body.model must match the top-level model");
            }
            lines.add(new Line(id, ((ObjectNode) line.get("body")).put("model", head.path("model").asText())));
            if (lines.size() > refusals.mostLines()) {
                throw new Refused(413, "A batch must have at most " + refusals.mostLines() + " requests");
            }
        }
        if (lines.isEmpty()) {
            throw bad("requests: Too small: expected array to have >=1 items");
        }
        return lines;
    }

    private static String customId(JsonNode line, int index) throws Refused {
        JsonNode id = line.path("custom_id");
        if (id.isMissingNode()) {
            throw bad("custom_id is required on requests[" + index + "].");
        }
        if (!id.isTextual()) {
            throw bad("custom_id: Invalid input: expected string");
        }
        if (id.asText().isEmpty() || id.asText().length() > LONGEST_ID) {
            throw bad("custom_id: must have 1 to " + LONGEST_ID + " characters on requests[" + index + "].");
        }
        return id.asText();
    }

    private static Model model(ObjectNode head, BatchConfig.Refusals refusals, Catalogue catalogue) throws Refused {
        String endpoint = head.path("endpoint").asText();
        if (!ENDPOINTS.contains(endpoint)) {
            throw bad("endpoint: Invalid option: expected one of " + String.join("|", ENDPOINTS.stream().sorted().toList()));
        }
        if (!endpoint.equals(SERVED)) {
            throw bad("The simulator has batches of " + SERVED + " alone");
        }
        if (head.has("completion_window") && !refusals.windows().contains(head.get("completion_window").asText())) {
            throw bad("completion_window: Invalid input: expected " + String.join("|", refusals.windows().stream().map(window -> "\"" + window + "\"").toList()));
        }
        String sent = head.path("model").asText();
        if (sent.endsWith(":online")) {
            throw new Refused(422, "Model '" + sent + "': :online is not supported in batches");
        }
        Model model = catalogue.batch(sent);
        String base = sent.replaceFirst(":batch$", "");
        if (model == null || refusals.models().contains("*") || refusals.models().contains(base)) {
            String message = (refusals.prefix() ? "HTTP 400: invalid batch inference job: " : "") + "Model '" + base + "' does not have a :batch endpoint.";
            throw refusals.code() ? bad(message) : bad(message).withoutCode();
        }
        only(head, model);
        return model;
    }

    private static void only(ObjectNode head, Model model) throws Refused {
        if (!head.has("provider")) {
            return;
        }
        JsonNode provider = head.get("provider");
        if (!provider.isObject() || !provider.propertyStream().allMatch(member -> ROUTING.contains(member.getKey()))) {
            throw bad("provider: only `only` and `allow_fallbacks` are supported in batches");
        }
        JsonNode only = provider.path("only");
        if (!only.isEmpty() && only.valueStream().noneMatch(name -> model.offeredBy(name.asText()))) {
            throw new Refused(404, "No batch endpoints found that match provider.only.");
        }
    }

    /** @param n of the line, from 1 */
    static Refused doubled(int n, String id) {
        return new Refused(422, "Request at line " + n + " has a duplicate custom_id '" + id + "'");
    }

    private static Refused bad(String message) {
        return new Refused(400, message);
    }

    private static Refused order() {
        return bad("`endpoint`, `model` and every other top-level field must come before `requests`");
    }
}
