package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Sorts out which fields of a request go to the model: those in request-fields.properties, and what an operator lets through. Stateless. */
final class ModelFields {

    /** This project's own; and streaming, which a message has no use for. */
    private static final Set<String> KEPT_BACK = Set.of("id", "prompt", "messages", "system", "strategy", "model", "models", "budget",
            "quality", "complexity", "comparison", "max_cost_cents", "free_only", "allow_paid", "task", "tenant", "metadata",
            "complete_within", "stream", "stream_options");
    private static final Set<String> NUMBERS = Set.of("temperature", "max_tokens", "max_completion_tokens", "top_p", "top_k", "min_p", "top_a",
            "frequency_penalty", "presence_penalty", "repetition_penalty", "seed", "n", "top_logprobs");
    private static final int MOST_NAMED = 10;

    private static final ResourceBundle BUNDLE = ResourceBundle.getBundle("io.promptroutes.request-fields", Locale.ROOT);
    /** Names of fields by kind, and of the members of known objects. */
    private static final Map<String, Set<String>> TABLE = BUNDLE.keySet().stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> Set.of(BUNDLE.getString(name).split(" +"))));

    private ModelFields() {
    }

    /** @param notes takes what stays at home */
    static ObjectNode of(Fields fields, Conversation conversation, Set<String> passthrough, List<String> notes) throws InvalidPrompt {
        ObjectNode request = Json.MAPPER.createObjectNode();
        Set<String> home = new TreeSet<>();
        request.set("messages", known("messages", conversation.messages(), passthrough, home));
        for (Map.Entry<String, JsonNode> field : fields.node().properties()) {
            String name = field.getKey();
            if (field.getValue().isNull() || KEPT_BACK.contains(name)) {
                continue;
            }
            boolean filled = conversation.template() != null;
            if (filled ? setting(name, passthrough) && !conversation.template().uses(name) : TABLE.get("fields").contains(name) || setting(name, passthrough)) {
                request.set(name, NUMBERS.contains(name) ? number(field.getValue()) : known(name, field.getValue(), passthrough, home));
            } else if (!filled) {
                home.add(name);
            }
        }
        if (!home.isEmpty()) {
            notes.add("not sent, as OpenRouter has no such fields (key prompts.passthrough lets them through): " + home.stream().limit(MOST_NAMED)
                    .map(Fields::quote).collect(Collectors.joining(", ")) + (home.size() > MOST_NAMED ? " and " + (home.size() - MOST_NAMED) + " more" : ""));
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
    static boolean known(String field, Set<String> passthrough) {
        return KEPT_BACK.contains(field) || setting(field, passthrough);
    }

    /** All that a row of data may set: its other columns are somebody's data, and are sent only through the template. */
    private static boolean setting(String field, Set<String> passthrough) {
        return TABLE.get("rows").contains(field) || passthrough.contains(field);
    }

    /** The value with those members alone that it may have; an array's elements likewise. */
    private static JsonNode known(String field, JsonNode value, Set<String> passthrough, Set<String> home) {
        Set<String> members = TABLE.getOrDefault(field, Set.of());
        if (members.isEmpty() || passthrough.contains(field)) {
            return value;
        }
        if (value.isArray()) {
            ArrayNode elements = Json.MAPPER.createArrayNode();
            value.forEach(element -> elements.add(known(field, element, passthrough, home)));
            return elements;
        }
        List<String> unknown = new ArrayList<>(0);
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String name = member.getKey();
            if (!members.contains(name) && !passthrough.contains(field + "." + name)) {
                unknown.add(name);
            }
        }
        unknown.forEach(name -> home.add(field + "." + name));
        return unknown.isEmpty() ? value : Json.MAPPER.createObjectNode().<ObjectNode>setAll((ObjectNode) value).remove(unknown);
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
        request.get(ServiceTier.FIELD, "a string", JsonNode::isTextual);
    }
}
