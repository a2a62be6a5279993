package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sorts out which fields of a request go to the model. Stateless. */
final class ModelFields {

    /** This project's own; and streaming, which a message has no use for. */
    private static final Set<String> KEPT_BACK = Set.of("id", "prompt", "messages", "system", "strategy", "model", "models", "budget",
            "quality", "complexity", "comparison", "max_cost_cents", "free_only", "allow_paid", "task", "tenant", "metadata",
            "stream", "stream_options");

    /** All that a row of data may set: its other columns are somebody's data, not parameters, and are sent only through the template. */
    private static final Set<String> SETTINGS_OF_A_ROW = Set.of("temperature", "max_tokens", "max_completion_tokens", "top_p", "top_k", "min_p",
            "frequency_penalty", "presence_penalty", "repetition_penalty", "stop", "seed", "response_format", "tools", "tool_choice",
            "provider", "reasoning", "plugins", "user");

    private static final Set<String> NUMBERS = Set.of("temperature", "max_tokens", "max_completion_tokens", "top_p", "top_k", "min_p", "top_a",
            "frequency_penalty", "presence_penalty", "repetition_penalty", "seed", "n", "top_logprobs");

    private ModelFields() {
    }

    static ObjectNode of(Fields fields, Conversation conversation) throws InvalidPrompt {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.set("messages", conversation.messages());
        for (Map.Entry<String, JsonNode> field : fields.node().properties()) {
            if (!field.getValue().isNull() && goes(field.getKey(), conversation.template())) {
                request.set(field.getKey(), NUMBERS.contains(field.getKey()) ? number(field.getValue()) : field.getValue());
            }
        }
        check(new Fields(request, fields.id()));
        return request;
    }

    /** SDKs and tables write numbers as texts, too; what is none stays what it is. */
    private static JsonNode number(JsonNode value) {
        BigDecimal number = value.isTextual() ? Json.number(value) : null;
        return number == null ? value : number.scale() > 0 ? DecimalNode.valueOf(number) : BigIntegerNode.valueOf(number.toBigIntegerExact());
    }

    /** Whether a field of that name means something by itself, in a row of data too. */
    static boolean known(String field) {
        return KEPT_BACK.contains(field) || SETTINGS_OF_A_ROW.contains(field);
    }

    private static boolean goes(String field, Template template) {
        return !KEPT_BACK.contains(field) && (template == null || SETTINGS_OF_A_ROW.contains(field) && !template.uses(field));
    }

    /** Only what is plainly wrong; ranges are the provider's business. */
    private static void check(Fields request) throws InvalidPrompt {
        for (String field : List.of("max_tokens", "max_completion_tokens")) {
            request.get(field, "an integer from 1 to " + Integer.MAX_VALUE,
                    value -> value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 1);
        }
        request.get("temperature", "a number", JsonNode::isNumber);
        request.get("response_format", "an object", JsonNode::isObject);
        request.get("tools", "an array", JsonNode::isArray);
    }
}
