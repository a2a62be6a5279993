package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns the bytes of a line, record or file into a prompt, or says why they are none. Thread-safe. */
public final class PromptParser {

    private static final BigDecimal CENTS_FOR_FIT = BigDecimal.valueOf(5);
    private static final Map<String, String> BUDGET_ALIASES = Map.of("low", "budget", "high", "premium");

    /** Fields that choose the models together. */
    private static final List<String> CHOICE = List.of("strategy", "model", "models");

    private final PromptSettings settings;
    private final RequestReader reader;

    public PromptParser(PromptSettings settings) {
        this.settings = settings;
        this.reader = new RequestReader(settings.maxBytes(), settings.data(), settings.texts());
    }

    /**
     * @param raw    kept by the prompt, not copied; null for a Kafka record without a value, which is no prompt
     * @param source gives the id of a prompt that has none of its own
     * @param key    the Kafka record's key, or null
     * @param format how the bytes are to be read; null for the settings' own
     */
    public Prompt parse(byte[] raw, Source source, String key, InputFormat format) throws InvalidPrompt {
        return parse(raw, source, key, format, null, null);
    }

    /** The same by an id and for a tenant that whoever read it has found; each null where the request, or the settings, say it. */
    public Prompt parse(byte[] raw, Source source, String key, InputFormat format, String id, String payer) throws InvalidPrompt {
        RequestReader.Received received = reader.read(raw, format == null ? settings.format() : format, null);
        List<String> ignored = new ArrayList<>();
        Fields fields = received.openAi() ? received.fields() : completed(received.fields(), ignored);
        ModelWish wish = ModelWish.of(fields);
        Conversation conversation = Conversation.of(fields, received.record(), settings);
        List<String> notes = new ArrayList<>(wish.notes());
        notes.addAll(ignored);
        JsonNode given = fields.get("max_cost_cents", "a number above 0", value -> Json.number(value) != null && Json.number(value).signum() > 0);
        BigDecimal cents = given != null ? Json.number(given) : wish.strategy() == Strategy.FIT ? CENTS_FOR_FIT : null;
        String tenant = payer != null ? payer : fields.name("tenant");
        return new Prompt(
                id != null ? id : fields.id() != null ? fields.id() : source.defaultId(),
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
                fields.choice("complete_within", settings.within(), settings.within().get(0), Map.of()),
                ModelFields.of(fields, conversation, settings.passthrough(), notes),
                conversation.text(),
                fields.get("metadata", "an object", JsonNode::isObject),
                received.openAi(),
                notes,
                received.known());
    }

    /** With the pipeline's defaults. */
    private Fields completed(Fields request, List<String> ignored) {
        boolean another = !settings.tenants() && request.get("tenant") != null;
        if (settings.defaults().isEmpty() && !another) {
            return request;
        }
        ObjectNode all = settings.defaults().deepCopy();
        if (CHOICE.stream().anyMatch(field -> request.get(field) != null)) {
            all.remove(CHOICE);
        }
        request.node().properties().stream().filter(field -> !field.getValue().isNull() || !all.has(field.getKey()))
                .filter(field -> !another || !field.getKey().equals("tenant")).forEach(field -> all.set(field.getKey(), field.getValue()));
        if (another) {
            ignored.add("tenant: the pipeline's pays, since requests do not say who pays here (option tenantFrom)");
        }
        return new Fields(all, request.id());
    }
}
