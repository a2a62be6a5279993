package io.promptroutes.flow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Chain;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.ServiceTier;

/**
 * A prompt on its way, once its models are chosen: what was decided, and one object for each thing that changes from then on.
 * Belongs to one exchange; its steps follow one another on different threads, never at once.
 *
 * @param prompt   as it is sent
 * @param task     its name
 * @param decision how its models were chosen
 * @param chain    its models, and which of them is next
 * @param calls    of these models, and how they ended
 * @param bill     what they have come to
 * @param entry    the prompt's work in the ledger
 * @param permit   its leave to make a call
 */
public record PromptContext(Prompt prompt, String task, Decision decision, Chain chain, Calls calls, Bill bill, LedgerEntry entry, Permit permit) {

    /** Before its first call. */
    public PromptContext(Prompt prompt, String task, Chain chain, Decision decision) {
        this(prompt, task, decision, chain, new Calls(chain), new Bill(decision.choice().worst(), prompt.maxCostCents()), new LedgerEntry(), new Permit());
    }

    /** Whether it is one model's share of a comparison: the prompt itself goes on. */
    public boolean part() {
        return decision.branch() != null;
    }

    /** The fields that the next call sends: the request's own, or with the conversation so far where an answer is to be repaired; at the standard tier where the asked one is full. */
    public ObjectNode fields() {
        ObjectNode fields = chain.repair() == null ? prompt.request() : chain.repair();
        if (ServiceTier.asked(fields) == ServiceTier.BATCH) { // a way to go, and no tier of a call
            return Json.MAPPER.createObjectNode().<ObjectNode>setAll(fields).without(ServiceTier.FIELD);
        }
        return calls.leftTier() ? Json.MAPPER.createObjectNode().<ObjectNode>setAll(fields).put(ServiceTier.FIELD, ServiceTier.DEFAULT.toString()) : fields;
    }

    /** Under which the answer of the last call may be given again, which is its model's; null where it may not be. */
    public String cacheKey() {
        boolean shared = entry.question() != null && calls.last() != null && calls.last().answer() != null && calls.last().answer().whole();
        return shared ? entry.question() + " " + chain.calledModel() : null;
    }

    @Override
    public String toString() {
        return prompt.toString();
    }
}
