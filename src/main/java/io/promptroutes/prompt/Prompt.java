package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;

/**
 * A request that passed validation. Immutable by agreement: nobody changes the nodes and bytes it holds.
 *
 * @param id           identity, never blank
 * @param source       where it came from
 * @param key          the Kafka record's key, or null
 * @param raw          the bytes as they came, for a dead letter
 * @param tenant       who pays
 * @param model        the wanted model; null unless the request names one and the strategy is explicit
 * @param models       the request's own fallbacks, in order; may be empty
 * @param quality      how good an answer has to be: a word of the tables, as are the next two
 * @param complexity   how hard the prompt is said to be
 * @param comparison   which set of models a comparison asks
 * @param task         as the request says; null where it is to be detected
 * @param maxCostCents US cents that this prompt may cost, or null
 * @param allowPaid    a prompt that starts on a free model may fall back to a paid one
 * @param within       the time within which a batch that it goes into is asked to be through, as the Batch API has it; no part of what it asks
 * @param request      the fields that go to the model as they are; always has {@code messages}, never {@code model}, {@code models}
 *                     or {@code stream}
 * @param text         the user's own words, for detection and token counts: the prompt, or the texts of the last user message
 * @param metadata     echoed in results and cost events, or null
 * @param openAi       it came as a line for OpenAI's Batch API, whose own settings alone are sent
 * @param notes        what was ignored in the request and why; may be empty
 * @param record       what a line without an id of its own is known by wherever it stands: a hash of its record, and the number of its
 *                     occurrence; null otherwise
 */
public record Prompt(
        String id,
        Source source,
        String key,
        byte[] raw,
        String tenant,
        Strategy strategy,
        String model,
        List<String> models,
        Budget budget,
        String quality,
        String complexity,
        String comparison,
        BigDecimal maxCostCents,
        boolean freeOnly,
        boolean allowPaid,
        String task,
        String within,
        ObjectNode request,
        String text,
        JsonNode metadata,
        boolean openAi,
        List<String> notes,
        String record) {

    /** The completion time that the Batch API has where nobody names one. */
    public static final String WITHIN = "24h";

    /** The same prompt with other fields for the model. */
    public Prompt with(ObjectNode changed) {
        return new Prompt(id, source, key, raw, tenant, strategy, model, models, budget, quality, complexity, comparison, maxCostCents, freeOnly,
                allowPaid, task, within, changed, text, metadata, openAi, notes, record);
    }

    /** The same prompt, known by its record. */
    public Prompt knownBy(String hash) {
        return new Prompt(id, source, key, raw, tenant, strategy, model, models, budget, quality, complexity, comparison, maxCostCents, freeOnly,
                allowPaid, task, within, request, text, metadata, openAi, notes, hash);
    }

    /** What a prompt is known by beside what it asks: its id, or its record. */
    public String identity() {
        return record == null ? id : record;
    }

    /** All that request and settings ask for: another effective request is another piece of work. Not what tables and tasks add to it. */
    public ObjectNode effective() {
        ObjectNode asked = Json.MAPPER.createObjectNode();
        asked.put("strategy", strategy.toString()).put("model", model).put("budget", budget.toString()).put("quality", quality);
        asked.put("complexity", complexity).put("comparison", comparison).put("max_cost_cents", maxCostCents);
        asked.put("free_only", freeOnly).put("allow_paid", allowPaid).put("task", task);
        if (openAi) {
            asked.put("openai", true);
        }
        models.forEach(asked.putArray("models")::add);
        asked.set("request", request);
        return asked;
    }

    /** The id alone: a prompt's text has no place in a log. */
    @Override
    public String toString() {
        return "prompt " + id;
    }
}
