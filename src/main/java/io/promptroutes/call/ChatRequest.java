package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Media;
import io.promptroutes.model.Model;
import io.promptroutes.model.Price;
import io.promptroutes.model.Thinking;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the body of {@code POST /chat/completions}: what the request says is sent as it is, ours only fills gaps. Thread-safe.
 *
 * @param provider          defaults for the {@code provider} object; may be empty
 * @param reasoningHeadroom output tokens added to our own cap for a model that will think: its thoughts are
 *                          billed out of the same cap, and without room the answer comes back empty
 * @param dialect           of the service
 */
public record ChatRequest(ObjectNode provider, int reasoningHeadroom, Dialect dialect) {

    private static final List<String> CAPS = List.of("max_tokens", "max_completion_tokens");
    /** Output tokens of a call without a cap, where nobody knows how many the model can give. */
    private static final int UNCAPPED = 131_072;

    /**
     * What we add where the request leaves a gap.
     *
     * @param temperature the task's setting, or null
     * @param maxTokens   the task's output cap, or null
     * @param raised      an output cap in place of the task's and the request's, as far as the model can give it; or null
     * @param affordable  an output cap that beats all others, or null
     * @param ceiling     the highest price at which a provider may serve the call, or null for any
     */
    public record Ours(BigDecimal temperature, Integer maxTokens, Integer raised, Integer affordable, Price ceiling) {
    }

    /**
     * A body, ready to be sent.
     *
     * @param outputCap the most tokens that may come back
     * @param reserved  output tokens to be paid for at most: more where the request named two caps, of which the lower one is sent
     */
    public record Body(ObjectNode json, byte[] bytes, int outputCap, int reserved) {

        /** Whether the cap is sent; else it is the model's own. */
        public boolean capped() {
            return CAPS.stream().anyMatch(json::has);
        }
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
        int most = ours.raised() == null ? cap(body, model, facts, ours.maxTokens()) : within(ours.raised(), facts);
        int cap = ours.affordable() == null ? most : Math.min(most, ours.affordable());
        List<Integer> named = caps(request);
        String name = named.isEmpty() || request.hasNonNull("max_tokens") ? "max_tokens" : "max_completion_tokens";
        body.remove(CAPS);
        if (!named.isEmpty() || ours.maxTokens() != null || ours.raised() != null || ours.affordable() != null) {
            body.put(name, cap);
        }
        if (!provider.isEmpty() || ours.ceiling() != null) {
            ObjectNode merged = provider.deepCopy();
            if (body.get("provider") instanceof ObjectNode own) {
                merged.setAll(own);
            }
            if (ours.ceiling() != null) {
                merged.set("max_price", maxPrice(merged.get("max_price"), ours.ceiling(), Media.of(request)));
            }
            body.set("provider", merged);
        }
        dialect.adapt(body);
        return new Body(body, Json.bytes(body), cap, ours.affordable() != null ? cap : named.stream().reduce(cap, Math::max));
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

    /** The request's own output cap, the lower of two; else ours, or null. */
    public static Integer outputCap(ObjectNode request, Integer maxTokens) {
        List<Integer> caps = caps(request);
        return caps.isEmpty() ? maxTokens : Collections.min(caps);
    }

    private static List<Integer> caps(ObjectNode request) {
        List<Integer> caps = List.of();
        for (String name : CAPS) {
            JsonNode value = request.get(name);
            if (value != null && value.canConvertToInt()) {
                caps = caps.isEmpty() ? List.of(value.intValue()) : List.of(caps.get(0), value.intValue());
            }
        }
        return caps;
    }

    /** Each is what the list says, or less where the request wants that; what the list does not name, nobody may charge. */
    private static ObjectNode maxPrice(JsonNode own, Price ceiling, Media media) {
        ObjectNode max = own instanceof ObjectNode given ? given.deepCopy() : Json.MAPPER.createObjectNode();
        lower(max, "prompt", ceiling.prompt().movePointRight(6));
        lower(max, "completion", ceiling.completion().movePointRight(6));
        lower(max, "request", ceiling.request());
        Stream.of(Price.Kind.IMAGE, Price.Kind.AUDIO).filter(kind -> max.has(kind.toString()) || media.count(kind.toString()) > 0)
                .forEach(kind -> lower(max, kind.toString(), ceiling.usd().getOrDefault(kind, BigDecimal.ZERO)));
        return max;
    }

    private static void lower(ObjectNode max, String name, BigDecimal most) {
        BigDecimal given = Json.number(max.path(name));
        if (given == null || given.compareTo(most) > 0) {
            max.put(name, Usd.of(most));
        }
    }

    /** The output tokens that a call of the model may come to. @param facts null where it is not listed @param maxTokens the task's, or null */
    public int cap(ObjectNode request, String model, Model facts, Integer maxTokens) {
        Integer asked = outputCap(request, maxTokens);
        if (asked == null) {
            return within(facts == null || facts.maxCompletionTokens() == null ? UNCAPPED : Integer.MAX_VALUE, facts);
        }
        if (!caps(request).isEmpty()) {
            return asked;
        }
        boolean thinks = Thinking.of(request, model, facts);
        return within(maxTokens + (thinks ? Math.max(reasoningHeadroom, Thinking.budget(request)) : 0), facts);
    }

    private static int within(long cap, Model facts) {
        return (int) Math.min(cap, facts == null || facts.maxCompletionTokens() == null ? Integer.MAX_VALUE : facts.maxCompletionTokens());
    }
}
