package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.DeadLetterLine;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.commons.lang3.EnumUtils;
import org.apache.commons.lang3.StringUtils;
import org.apache.commons.lang3.function.Failable;
import org.apache.commons.lang3.reflect.MethodUtils;

/** What a step {@code prompt:} asks of a record, by its options; also of a step that stands in no route, for what reads files by itself. Immutable. */
public final class StepOptions {

    private static final Set<String> OF_ROUTES = Set.of("window", "onFailure", "tombstones", "whenFull", "longestWait", "lazyStartProducer");

    private final PromptSettings prompts;
    private final RecordOptions records;
    /** Null where the step names none. */
    private final String provider;

    private StepOptions(PromptSettings prompts, RecordOptions records, String provider) {
        this.prompts = prompts;
        this.records = records;
        this.provider = provider;
    }

    /** @throws IllegalArgumentException where an option cannot be used; names the step and the option */
    static StepOptions of(PromptEndpoint endpoint, PromptSettings keys) {
        return new StepOptions(StepSettings.of(endpoint, keys), RecordOptions.of(endpoint), endpoint.provider());
    }

    /**
     * @param name    of the pipeline
     * @param options by their names; those that say how a route goes on are left out
     * @param keys    that hold where an option says nothing
     * @throws IllegalArgumentException where one cannot be used; names it
     */
    public static StepOptions of(String name, Map<String, String> options, PromptSettings keys) {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            PromptComponent component = new PromptComponent();
            component.setCamelContext(camel);
            PromptEndpoint endpoint = new PromptEndpoint("prompt:" + name, component, name);
            options.forEach((option, value) -> set(endpoint, option, value));
            return of(endpoint, keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value as it is: Camel would fill in {{}}. */
    private static void set(PromptEndpoint endpoint, String option, String value) {
        if (option.equals("input")) {
            endpoint.setInput(EnumUtils.getEnumIgnoreCase(PromptEndpoint.Input.class, value));
        } else if (!OF_ROUTES.contains(option)) {
            Failable.run(() -> MethodUtils.invokeExactMethod(endpoint, "set" + StringUtils.capitalize(option), value));
        }
    }

    /** As the keys say. */
    public static StepOptions none(PromptSettings keys) {
        return new StepOptions(keys, RecordOptions.NONE, null);
    }

    public PromptSettings prompts() {
        return prompts;
    }

    /** The id of the provider that it calls alone; null where that is the one of all. */
    public String provider() {
        return provider;
    }

    RecordOptions records() {
        return records;
    }

    /** What is asked about of a record. One that does not fit is refused, as one that cannot be read is. */
    public Inbound taken(Inbound inbound) {
        if (inbound.refusal() != null || records.any() && Json.tree(inbound.bytes()) instanceof ObjectNode line && DeadLetterLine.matches(line)) {
            return inbound; // a letter that is fed in again is known by its own id
        }
        try {
            return records.taken(inbound).ofRow(inbound.row());
        } catch (PromptFailed e) {
            return inbound.refused(new InvalidPrompt(e.getCode(), null, e.getMessage()));
        }
    }

    /** What goes on of a result or dead letter, in one line; an error in place of what cannot be made of it. */
    public byte[] line(Inbound inbound, byte[] result) {
        JsonNode whole = Json.tree(result);
        try {
            return Json.bytes(whole.has("error") && !records.shape().ofResult() ? failed(whole, whole.get("error"))
                    : records.shape().json(RecordOptions.record(inbound.bytes()), whole, inbound.key(), Map.of()));
        } catch (PromptFailed e) {
            return Json.bytes(failed(whole, Json.MAPPER.createObjectNode().put("code", e.getCode()).put("message", e.getMessage())));
        }
    }

    private static JsonNode failed(JsonNode result, JsonNode error) {
        return Json.MAPPER.createObjectNode().<ObjectNode>set("id", result.path("id")).set("error", error);
    }

    /** Whether a record that was taken is one of Kafka's without a value, or with none in its envelope. */
    public boolean tombstone(Inbound taken) {
        return taken.source().topic() != null && (taken.bytes() == null || taken.refusal() == RecordOptions.EMPTY);
    }

    /** Names of the fields that an answer has by its schema; empty without one. */
    public List<String> fields() {
        List<String> fields = new ArrayList<>();
        prompts.defaults().at("/response_format/json_schema/schema/properties").fieldNames().forEachRemaining(fields::add);
        return fields;
    }
}
