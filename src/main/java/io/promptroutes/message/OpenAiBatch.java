package io.promptroutes.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.ServiceTier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Results and dead letters as the lines of the two files that OpenAI's Batch API gives back. Its own ids are made of the prompt's, and so
 * are the same each time. Stateless.
 */
public final class OpenAiBatch {

    /** OpenRouter's ids tell when, in seconds. */
    private static final Pattern CREATED = Pattern.compile("gen-(\\d{9,11})-.*");

    private OpenAiBatch() {
    }

    /** @param result a line of results.jsonl; one that cannot be read has no counterpart: null */
    public static byte[] output(byte[] result) {
        JsonNode answer = read(result);
        if (answer == null) {
            return null;
        }
        String id = answer.path("id").asText();
        ObjectNode line = line(id);
        ObjectNode response = line.putObject("response");
        response.put("status_code", 200);
        response.put("request_id", answer.path("generation_id").asText(uuid("request " + id)));
        response.set("body", completion(id, answer));
        line.putNull("error");
        return Json.bytes(line);
    }

    /** @param deadLetter a line of dead-letters.jsonl; one that cannot be read has no counterpart: null */
    public static byte[] error(byte[] deadLetter) {
        JsonNode letter = read(deadLetter);
        if (letter == null) {
            return null;
        }
        String id = letter.path("id").asText();
        JsonNode code = letter.path("error").path("code");
        JsonNode message = letter.path("error").path("message");
        ObjectNode line = line(id);
        int status = letter.path("attempts").path(letter.path("attempts").size() - 1).path("status").asInt();
        if (status < 400) { // no answer of HTTP says why
            line.putNull("response");
            line.putObject("error").<ObjectNode>set("code", code).set("message", message);
            return Json.bytes(line);
        }
        ObjectNode response = line.putObject("response");
        response.put("status_code", status);
        response.put("request_id", uuid("request " + id));
        ObjectNode error = response.putObject("body").putObject("error");
        error.set("message", message);
        error.put("type", status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : "invalid_request_error");
        error.putNull("param");
        error.set("code", code);
        line.putNull("error");
        return Json.bytes(line);
    }

    private static ObjectNode line(String id) {
        return Json.MAPPER.createObjectNode().put("id", "batch_req_" + uuid(id)).put("custom_id", id);
    }

    /** The answer as OpenRouter gives it, as far as it is kept. Of a comparison each model's answer is a choice, which names its model. */
    private static ObjectNode completion(String id, JsonNode answer) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        String generation = answer.path("generation_id").asText("chatcmpl-" + uuid(id));
        Matcher created = CREATED.matcher(answer.has("model_results") ? answer.findPath("generation_id").asText() : generation);
        body.put("id", generation);
        body.put("object", "chat.completion");
        body.put("created", created.matches() ? Long.parseLong(created.group(1)) : 0);
        body.put("model", answer.path("model_used").asText("comparison"));
        if (answer.at("/fallback/level").asInt() > 0) { // `model` is a substitute, which nobody else would tell
            body.set("model_requested", answer.get("model_requested"));
            body.set("fallback", Json.MAPPER.createObjectNode().<ObjectNode>set("level", answer.at("/fallback/level")).set("reason", answer.at("/fallback/reason")));
        }
        if (answer.hasNonNull("provider")) {
            body.set("provider", answer.get("provider"));
        }
        if (answer.hasNonNull(ServiceTier.FIELD)) {
            body.set(ServiceTier.FIELD, answer.get(ServiceTier.FIELD));
        }
        List<JsonNode> answers = List.of(answer);
        if (answer.has("model_results")) {
            answers = answer.path("model_results").valueStream().filter(one -> one.has("finish_reason")).toList();
        }
        body.putArray("choices");
        for (JsonNode one : answers) {
            ObjectNode choice = body.withArray("choices").addObject();
            choice.put("index", body.path("choices").size() - 1);
            if (answer.has("model_results")) {
                choice.set("model", one.get("model"));
            }
            choice.set("message", message(one));
            choice.putNull("logprobs");
            choice.set("finish_reason", one.path("finish_reason").isTextual() ? one.get("finish_reason") : Json.MAPPER.getNodeFactory().textNode("stop"));
            JsonNode others = one.path("choices");
            others.path(0).properties().stream().filter(more -> !more.getKey().equals("message")).forEach(more -> choice.set(more.getKey(), more.getValue()));
            others.valueStream().skip(1).forEach(body.withArray("choices")::add);
        }
        usage(body, answers);
        return body;
    }

    private static ObjectNode message(JsonNode answer) {
        ObjectNode message = Json.MAPPER.createObjectNode().put("role", "assistant");
        String text = answer.path("text").asText();
        boolean silent = answer.has("refusal") || text.isEmpty() && answer.has("tool_calls");
        message.put("content", silent ? null : text);
        message.put("refusal", answer.path("refusal").textValue());
        for (String part : List.of("tool_calls", "annotations", "reasoning", "images")) {
            if (answer.has(part)) {
                message.set(part, answer.get(part));
            }
        }
        answer.path("choices").path(0).path("message").properties().forEach(more -> message.set(more.getKey(), more.getValue()));
        return message;
    }

    private static void usage(ObjectNode body, List<JsonNode> answers) {
        if (answers.stream().allMatch(one -> one.path("usage").isObject()) && !answers.isEmpty()) {
            ObjectNode usage = body.putObject("usage");
            for (String count : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
                usage.put(count, sum(answers, count));
            }
            usage.putObject("prompt_tokens_details").put("cached_tokens", sum(answers, "cached_tokens"));
            usage.putObject("completion_tokens_details").put("reasoning_tokens", sum(answers, "reasoning_tokens"));
        }
    }

    private static long sum(List<JsonNode> answers, String count) {
        return answers.stream().mapToLong(one -> one.path("usage").path(count).asLong()).sum();
    }

    private static String uuid(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
    }

    private static JsonNode read(byte[] line) {
        return Json.tree(line) instanceof ObjectNode object ? object : null; // else somebody's own line, of which the job has told
    }
}
