package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.ServiceTier;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Template;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.CamelContext;

/** How the prompts of a step {@code prompt:} are read, by its options and, where these say nothing, by the keys prompts.*. Stateless. */
final class StepSettings {

    private StepSettings() {
    }

    /** @throws IllegalArgumentException where an option cannot be used; names the step and the option */
    static PromptSettings of(PromptEndpoint endpoint, PromptSettings keys) {
        try {
            CamelContext camel = endpoint.getCamelContext();
            Template prompt = StepTexts.template(camel, "prompt", endpoint.prompt());
            Template system = StepTexts.template(camel, "system", endpoint.system());
            boolean data = endpoint.input() == null ? prompt != null || keys.data() : endpoint.input() == PromptEndpoint.Input.DATA;
            if (data && prompt == null && keys.template() == null) {
                throw new IllegalArgumentException("input=data needs option prompt: it alone says what is sent of a record");
            }
            PromptSettings settings = keys.with(prompt, system, data).with(defaults(endpoint), endpoint.tenantsOfRequests(), endpoint.passthrough());
            new PromptParser(settings.withoutTemplates()).parse("{\"prompt\":\"?\"}".getBytes(StandardCharsets.UTF_8), Source.exchange("check"), null, InputFormat.JSON);
            return settings;
        } catch (InvalidPrompt | IllegalArgumentException e) {
            throw new IllegalArgumentException("prompt:" + endpoint.name() + ": " + e.getMessage()); // without its cause, which would be told in place of it
        }
    }

    /** The fields of requests that its options stand for. */
    private static ObjectNode defaults(PromptEndpoint endpoint) {
        ObjectNode fields = Json.MAPPER.createObjectNode();
        if (endpoint.request() != null) {
            if (!(Json.tree(endpoint.request().getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode others)) {
                throw new IllegalArgumentException("option request is no JSON object");
            }
            fields.setAll(others);
        }
        endpoint.defaults().forEach((field, value) -> {
            switch (field) {
                case "models" -> List.of(value.strip().split("\\s*,\\s*")).forEach(fields.putArray(field)::add);
                case "max_cost_cents", "temperature", "max_tokens" -> {
                    JsonNode number = Json.tree(value.strip().getBytes(StandardCharsets.UTF_8));
                    if (!number.isNumber()) {
                        throw new IllegalArgumentException(value + " is no number (" + field + ")");
                    }
                    fields.set(field, number);
                }
                case ServiceTier.FIELD -> fields.put(field, ServiceTier.option(value));
                default -> fields.put(field, value);
            }
        });
        if (endpoint.schema() != null) {
            fields.set("response_format", StepTexts.responseFormat(endpoint.getCamelContext(), endpoint.schema()));
        }
        return fields;
    }
}
