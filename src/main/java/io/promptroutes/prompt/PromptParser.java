package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns the bytes of a line, record or file into a prompt, or says why they are none. Thread-safe. */
public final class PromptParser {

    private static final BigDecimal CENTS_FOR_FIT = BigDecimal.valueOf(5);
    private static final Map<String, String> BUDGET_ALIASES = Map.of("low", "budget", "high", "premium");

    private final PromptSettings settings;
    private final RequestReader reader;

    public PromptParser(PromptSettings settings) {
        this.settings = settings;
        this.reader = new RequestReader(settings.maxBytes(), settings.data());
    }

    /**
     * @param raw    kept by the prompt, not copied; null for a Kafka record without a value, which is no prompt
     * @param source gives the id of a prompt that has none of its own
     * @param key    the Kafka record's key, or null
     * @param format how the bytes are to be read; null for the settings' own
     */
    public Prompt parse(byte[] raw, Source source, String key, InputFormat format) throws InvalidPrompt {
        RequestReader.Received received = reader.read(raw, format == null ? settings.format() : format, null);
        Fields fields = received.fields();
        ModelWish wish = ModelWish.of(fields);
        Conversation conversation = Conversation.of(fields, received.record(), settings);
        List<String> notes = new ArrayList<>(wish.notes());
        JsonNode given = fields.get("max_cost_cents", "a number above 0", value -> Json.number(value) != null && Json.number(value).signum() > 0);
        BigDecimal cents = given != null ? Json.number(given) : wish.strategy() == Strategy.FIT ? CENTS_FOR_FIT : null;
        String tenant = fields.name("tenant");
        return new Prompt(
                fields.id() != null ? fields.id() : source.defaultId(),
                source,
                key,
                received.raw(),
                tenant != null ? tenant : "default",
                wish.strategy(),
                wish.model(),
                wish.models(),
                fields.choice("budget", Budget.class, Budget.BALANCED, BUDGET_ALIASES),
                fields.choice("quality", List.of("basic", "low", "good", "balanced", "high"), "balanced", Map.of()),
                fields.choice("complexity", List.of("simple", "medium", "complex"), "medium", Map.of()),
                fields.choice("comparison", List.of("quality", "speed", "cost", "diverse"), "quality", Map.of()),
                cents,
                fields.flag("free_only", true),
                fields.flag("allow_paid", false),
                fields.choice("task", settings.tasks(), null, Map.of()),
                ModelFields.of(fields, conversation, settings.passthrough(), notes),
                conversation.text(),
                fields.get("metadata", "an object", JsonNode::isObject),
                received.openAi(),
                notes,
                received.known());
    }
}
