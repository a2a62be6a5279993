package io.promptroutes.component;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/** A jq expression of an option, which gives one value. Numbers that pass through stay as they are; arithmetic is in doubles. Thread-safe. */
final class JqExpression {

    /** Of a record whose field is not what the expression takes it for, or an expression that gives no value or several. */
    static final String BAD = "bad_expression";

    private static final Scope ROOT = Scope.newEmptyScope();

    static {
        // one mapper for all scopes, with no setter: tostring and @json would write 1.0E-7
        ROOT.getObjectMapper().configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true);
        BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_7, ROOT);
    }

    private final String option;
    private final String text;
    private final JsonQuery query;

    /** Tells that one value is enough to know. */
    private static final class Several extends JsonQueryException {

        private static final long serialVersionUID = 1;

        Several() {
            super("it gives more than one value");
        }
    }

    /** @throws IllegalArgumentException where it is no expression, or names a function that is not there; names the option */
    JqExpression(String option, String text) {
        this.option = option;
        this.text = text;
        try {
            query = JsonQuery.compile(text, Versions.JQ_1_7);
        } catch (JsonQueryException e) {
            throw new IllegalArgumentException("option " + option + ": " + text + " is no jq expression: " + e.getMessage(), e);
        }
        try {
            query.apply(Scope.newChildScope(ROOT), Json.MAPPER.createObjectNode(), value -> { });
        } catch (JsonQueryException | RuntimeException | StackOverflowError e) { // most need more than an empty object
            if (String.valueOf(e.getMessage()).contains("does not exist")) {
                throw new IllegalArgumentException("option " + option + ": " + text + ": " + e.getMessage(), e);
            }
        }
    }

    /** @throws PromptFailed {@link #BAD} where it fails on this record, or does not give one value; never quotes the record */
    JsonNode apply(JsonNode in) throws PromptFailed {
        JsonNode[] out = new JsonNode[1];
        try {
            query.apply(Scope.newChildScope(ROOT), in, value -> {
                if (out[0] != null) {
                    throw new Several();
                }
                out[0] = value;
            });
        } catch (Several e) {
            throw failed(e.getMessage());
        } catch (JsonQueryException e) {
            throw failed("it fails on this record (" + e.getClass().getSimpleName() + ")"); // its message quotes values
        } catch (StackOverflowError e) { // an Error would leave the exchange unfinished
            throw failed("it never ends, or the record is too deep for it");
        }
        if (out[0] == null) {
            throw failed("it gives no value");
        }
        return plain(out[0]);
    }

    /** Whether what it names is in there, be it null. False for what names no field. */
    boolean finds(JsonNode in) {
        JsonNode[] path = {Json.MAPPER.missingNode()};
        try {
            JsonQuery.compile("path(" + text + "\n)", Versions.JQ_1_7).apply(Scope.newChildScope(ROOT), in, value -> path[0] = value);
        } catch (JsonQueryException | StackOverflowError e) { // it names none, but makes its value
            return false;
        }
        JsonNode at = path[0].isArray() ? in : Json.MAPPER.missingNode();
        for (JsonNode step : path[0]) {
            at = step.isTextual() ? at.path(step.textValue()) : at.path(step.asInt(-1));
        }
        return !at.isMissingNode();
    }

    /** The same as text: null for null, the digits of a number. */
    String text(JsonNode in) throws PromptFailed {
        JsonNode value = apply(in);
        if (value.isContainerNode()) {
            throw failed("it gives an object or array where a text is wanted");
        }
        return value.isNull() ? null : Json.plain(value);
    }

    private PromptFailed failed(String why) {
        return new PromptFailed(BAD, "option " + option + ": " + text + ": " + why, false, 0, null);
    }

    @Override
    public String toString() {
        return text;
    }

    /** jq calculates in doubles, which would be written as 2.0E-7. */
    private static JsonNode plain(JsonNode node) {
        if (node.isDouble() || node.isFloat()) {
            return Double.isFinite(node.doubleValue()) ? DecimalNode.valueOf(BigDecimal.valueOf(node.doubleValue())) : Json.MAPPER.nullNode();
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(plain(field.getValue())));
        } else if (node instanceof ArrayNode array) {
            for (int at = 0; at < array.size(); at++) {
                array.set(at, plain(array.get(at)));
            }
        }
        return node;
    }
}
