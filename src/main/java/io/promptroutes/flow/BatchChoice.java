package io.promptroutes.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Choice;
import io.promptroutes.model.Model;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a prompt can be asked in a batch, and is cheaper there. What may go is a list, not what may not: one request that a batch does not take has all of
 * them fail, and an instruction about providers that were dropped would be a leak. Immutable.
 *
 * @param fields   members of a request that may go
 * @param provider the settings' defaults for a request's {@code provider}
 * @param elsewhere why nothing can go to the service that is called, or null
 */
public record BatchChoice(Catalogue catalogue, Set<String> fields, ObjectNode provider, String elsewhere) {

    private static final String SUFFIX = ":batch";
    private static final String ONLY = "only";

    /** The row of the list with what a model costs in a batch. */
    public static String row(String model) {
        return model + SUFFIX;
    }

    /** Why it is to be called alone, for people; null where it goes into a batch. @param body the request as it would go */
    public String against(PromptContext run, ObjectNode body, Instant now) {
        if (elsewhere != null) {
            return elsewhere;
        }
        if (run.part() || run.prompt().strategy() == Strategy.COMPARE) {
            return "a comparison is asked at once";
        }
        if (run.chain().repair() != null || run.chain().freeOnly()) {
            return run.chain().freeOnly() ? "it is to cost nothing" : "its answer is repaired at once";
        }
        String member = member(body);
        return member != null ? member : price(run, body, now);
    }

    private String member(ObjectNode body) {
        for (Iterator<String> names = body.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!fields.contains(name) && !name.equals("model")) {
                return "a batch takes no " + name + " (key batches.fields)";
            }
        }
        for (JsonNode message : body.path("messages")) {
            for (JsonNode part : message.path("content").isArray() ? message.path("content") : message.path("none")) {
                if (!part.path("type").asText().equals("text")) {
                    return "a batch takes text alone";
                }
            }
        }
        if (!body.at("/response_format/type").asText("json_schema").matches("json_schema|text")) {
            return "a batch takes no response_format but json_schema";
        }
        return null;
    }

    /** Why not, where what request and settings say about providers cannot be said of a batch; else null. */
    public String providers(ObjectNode request) {
        for (JsonNode said : new JsonNode[] {provider, request.path("provider")}) {
            for (Iterator<String> names = said.fieldNames(); names.hasNext();) {
                String name = names.next();
                if (!name.equals(ONLY)) {
                    return "a batch cannot keep to provider." + name;
                }
            }
        }
        return null;
    }

    /** The providers that may serve it, as JSON; null for any. */
    public String only(ObjectNode request) {
        JsonNode own = request.path("provider").path(ONLY);
        JsonNode only = own.isArray() ? own : provider.path(ONLY);
        return only.isArray() ? only.toString() : null;
    }

    private String price(PromptContext run, ObjectNode body, Instant now) {
        String name = run.chain().model();
        Optional<Model> base = catalogue.find(name).filter(model -> model.id().equals(name));
        Optional<Model> batch = catalogue.find(row(name)).filter(model -> model.id().equals(row(name)));
        if (base.isEmpty() || batch.isEmpty()) {
            return name + " has no price for batches";
        }
        Choice.Estimate estimate = run.decision().choice().estimate();
        int cap = body.path("max_tokens").asInt(estimate.maxTokens());
        Long most = batch.get().maxCompletionTokens();
        Long context = batch.get().contextLength();
        if (most != null && cap > most || context != null && estimate.promptTokens() + cap > context) {
            return "it asks for more tokens than " + row(name) + " has";
        }
        BigDecimal alone = cost(base.get(), estimate.promptTokens(), cap, now);
        BigDecimal together = cost(batch.get(), estimate.promptTokens(), cap, now);
        if (alone == null || together == null) {
            return name + " has no price for batches";
        }
        return together.compareTo(alone) < 0 ? null : name + " is not cheaper in a batch ($" + Usd.plain(together) + ", alone $" + Usd.plain(alone) + ", by the list of models)";
    }

    private static BigDecimal cost(Model model, long in, int out, Instant now) {
        return model.price().cost(in, out, 0, now).orElse(null);
    }
}
