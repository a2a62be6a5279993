package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Utf8;
import java.nio.charset.StandardCharsets;

/**
 * What a step {@code prompt:} takes out of a record before it asks, and makes of its answer. Immutable.
 *
 * @param unwrap what comes in is in an envelope; null where it is not, as are the next two
 * @param id     by which the record is known
 * @param tenant who pays
 * @param shape  what goes on
 */
record RecordOptions(JqExpression unwrap, JqExpression id, JqExpression tenant, Shape shape) {

    static final RecordOptions NONE = new RecordOptions(null, null, null, new Shape("result"));
    /** Of a record whose envelope says that there is nothing in it, as that of a deletion does. */
    static final InvalidPrompt EMPTY = new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, null, "what option unwrap names is null in the record: there is nothing to ask about");
    private static final String TEXT = "text";

    /** @throws IllegalArgumentException where an expression is none; names the step and the option */
    static RecordOptions of(PromptEndpoint endpoint) {
        String tenant = endpoint.tenantsOfRequests() ? null : endpoint.tenantFrom();
        try {
            return new RecordOptions(expression("unwrap", endpoint.unwrap()), expression("id", endpoint.id()), expression("tenantFrom", tenant), new Shape(endpoint.result()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("prompt:" + endpoint.name() + ": " + e.getMessage()); // without its cause, which would be told in place of it
        }
    }

    private static JqExpression expression(String option, String text) {
        return text == null ? null : new JqExpression(option, text);
    }

    /** Whether anything of a record is looked at. */
    boolean any() {
        return unwrap != null || id != null || tenant != null;
    }

    /** What is in the envelope, with its id and payer; refused where there is nothing in it. @throws PromptFailed where an expression does not fit it */
    Inbound taken(Inbound inbound) throws PromptFailed {
        if (!any() || inbound.tooLong() || inbound.bytes() == null || inbound.refusal() != null) {
            return inbound;
        }
        if (Utf8.text(inbound.bytes()) == null) {
            return inbound; // which is refused: an expression would see signs in place of what is no text
        }
        JsonNode record = record(inbound.bytes());
        byte[] bytes = inbound.bytes();
        if (unwrap != null) {
            JsonNode wrapped = record;
            record = unwrap.apply(wrapped);
            if (record.isNull()) {
                return inbound.refused(unwrap.finds(wrapped) ? EMPTY
                        : new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, null, "option unwrap found nothing in the record: it has no " + unwrap));
            }
            bytes = record.isTextual() ? record.textValue().getBytes(StandardCharsets.UTF_8) : Json.bytes(record);
        }
        Inbound out = new Inbound(inbound.source(), inbound.key(), bytes, false, bytes.length, inbound.format(), inbound.refusal(), inbound.replayed(), inbound.traceparent());
        return out.named(id == null ? null : id.text(record), tenant == null ? null : tenant.text(record));
    }

    /** A record as expressions see it: a plain text is {@code {"text": ...}}. */
    static JsonNode record(byte[] bytes) {
        JsonNode json = Json.tree(bytes);
        if (json.isObject()) {
            return json;
        }
        ObjectNode record = Json.MAPPER.createObjectNode();
        return record.put(TEXT, bytes == null ? null : new String(bytes, StandardCharsets.UTF_8));
    }
}
