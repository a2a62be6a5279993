package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.Model;
import io.promptroutes.cost.Price;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;

/**
 * Makes the body of {@code POST /chat/completions}: what the request says is sent as it is, ours only fills gaps. Thread-safe.
 *
 * @param provider          defaults for the {@code provider} object; may be empty
 * @param reasoningHeadroom output tokens added to our own cap for a model that reasons whether asked to or not: they are
 *                          billed out of the same cap, and without room the answer comes back empty
 */
public record ChatRequest(ObjectNode provider, int reasoningHeadroom) {

    /**
     * What we add where the request leaves a gap.
     *
     * @param temperature the task's setting, or null
     * @param maxTokens   the task's output cap
     * @param raised      an output cap in place of the task's and the request's, as far as the model can give it; or null
     * @param affordable  an output cap that beats all others, or null
     * @param ceiling     the highest price at which a provider may serve the call, or null for any
     */
    public record Ours(BigDecimal temperature, int maxTokens, Integer raised, Integer affordable, Price ceiling) {
    }

    /**
     * A body, ready to be sent.
     *
     * @param outputCap the most tokens that may come back
     */
    public record Body(ObjectNode json, byte[] bytes, int outputCap) {
    }

    /**
     * @param request     the prompt's own fields; not changed
     * @param model       the id to call
     * @param facts       what the catalogue knows of it; null where it is not listed
     */
    public Body body(ObjectNode request, String model, Model facts, Ours ours) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("model", model);
        body.put("stream", false); // proxies have other defaults
        body.setAll(request);
        boolean takesTemperature = facts == null || facts.supportedParameters().contains("temperature");
        if (ours.temperature() != null && !body.has("temperature") && takesTemperature) {
            body.put("temperature", ours.temperature());
        }
        int most = ours.raised() == null ? cap(body, facts, ours.maxTokens()) : within(ours.raised(), facts);
        int cap = ours.affordable() == null ? most : Math.min(most, ours.affordable());
        body.put(capName(body), cap);
        if (!provider.isEmpty() || ours.ceiling() != null) {
            ObjectNode merged = provider.deepCopy();
            if (body.get("provider") instanceof ObjectNode own) {
                merged.setAll(own);
            }
            if (ours.ceiling() != null) {
                merged.set("max_price", maxPrice(merged.get("max_price"), ours.ceiling()));
            }
            body.set("provider", merged);
        }
        return new Body(body, Json.bytes(body), cap);
    }

    /** The request with what a model answered and what is wrong with that, for another try. The request itself is not changed. */
    public static ObjectNode repairing(ObjectNode request, String text, String fault) {
        ObjectNode again = Json.MAPPER.createObjectNode();
        again.setAll(request);
        ArrayNode messages = again.putArray("messages").addAll((ArrayNode) request.get("messages"));
        if (!text.isBlank()) {
            messages.addObject().put("role", "assistant").put("content", text);
        }
        messages.addObject().put("role", "user").put("content",
                "Your answer is not what response_format asks for: " + fault + ". Answer again with the whole corrected JSON, and nothing else.");
        return again;
    }

    /** The output cap that {@link #body} sends. An output cap is always sent: without one the whole output ceiling is reserved. */
    public static int outputCap(ObjectNode request, int maxTokens) {
        JsonNode own = request.hasNonNull("max_completion_tokens") ? request.get("max_completion_tokens") : request.get("max_tokens");
        return own != null && own.canConvertToInt() ? own.intValue() : maxTokens;
    }

    /** USD per million tokens; where the request names a lower one, that stays. */
    private static ObjectNode maxPrice(JsonNode own, Price ceiling) {
        ObjectNode max = own instanceof ObjectNode given ? given.deepCopy() : Json.MAPPER.createObjectNode();
        lower(max, "prompt", ceiling.prompt());
        lower(max, "completion", ceiling.completion());
        if (ceiling.request() != null && ceiling.request().signum() == 0 && !max.has("request")) {
            max.put("request", 0); // the list knows of no fee per request: nobody may charge one
        }
        return max;
    }

    private static void lower(ObjectNode max, String name, BigDecimal perToken) {
        BigDecimal perMillion = perToken.movePointRight(6).stripTrailingZeros();
        if (!max.path(name).isNumber() || max.get(name).decimalValue().compareTo(perMillion) > 0) {
            max.put(name, perMillion);
        }
    }

    private static String capName(ObjectNode request) {
        return request.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    }

    /** The output tokens that a call of the model asks for. @param facts null where it is not listed @param maxTokens the task's */
    public int cap(ObjectNode request, Model facts, int maxTokens) {
        int cap = outputCap(request, maxTokens);
        if (!request.hasNonNull(capName(request))) {
            if (facts != null && facts.reasoning() != null && facts.reasoning().mandatory()) {
                cap += reasoningHeadroom;
            }
            cap = within(cap, facts);
        }
        return cap;
    }

    private static int within(int cap, Model facts) {
        return facts == null || facts.maxCompletionTokens() == null ? cap : (int) Math.min(cap, facts.maxCompletionTokens());
    }
}
