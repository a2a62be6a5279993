package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The models that the simulator serves, by every name that a request may use. Immutable. */
public final class Catalogue {

    private static final Set<String> DYNAMIC_VARIANTS = Set.of("nitro", "floor", "exacto", "online", "extended", "thinking");

    private static final String BATCH = ":batch";

    private final Map<String, Model> byName = new LinkedHashMap<>();
    private final Map<String, Model> batches = new LinkedHashMap<>();
    private final ArrayNode rows;

    private Catalogue(ArrayNode rows) {
        this.rows = rows;
        for (JsonNode row : rows) {
            Model model = Model.of(row);
            // batch rows belong to another endpoint
            (model.id().endsWith(BATCH) ? batches : byName).put(model.id(), model);
        }
        List<Model> models = List.copyOf(byName.values());
        models.stream().filter(model -> !model.id().contains(":")).forEach(model -> byName.putIfAbsent(model.slug(), model));
        for (JsonNode row : rows) {
            Model target = byName.get(row.path("alias_target").path("slug").asText());
            if (target != null) {
                byName.put(row.path("id").asText(), target);
            }
        }
        // a router answers as one of those it may choose
        List<Model> real = models.stream().filter(model -> !model.id().startsWith("~") && !model.id().startsWith("openrouter/")).toList();
        real.stream().filter(model -> !model.id().contains(":") && !model.router() && !model.free()).findFirst().ifPresent(paid ->
                models.stream().filter(Model::router).forEach(router -> byName.put(router.id(), paid)));
        real.stream().filter(model -> model.id().endsWith(":free")).findFirst().ifPresent(free -> byName.put("openrouter/free", free));
    }

    static Catalogue load(String resource) {
        try (InputStream in = Catalogue.class.getResourceAsStream(resource)) {
            return new Catalogue((ArrayNode) Json.MAPPER.readTree(in).required("data"));
        } catch (IOException e) {
            throw new UncheckedIOException("The model catalogue " + resource + " cannot be read", e);
        }
    }

    /** This catalogue and models that it does not list. */
    Catalogue with(Set<String> extra) {
        ArrayNode all = rows.deepCopy();
        extra.stream().filter(id -> !byName.containsKey(id) && !batches.containsKey(id)).forEach(id -> all.add(row(id)));
        return new Catalogue(all);
    }

    private static ObjectNode row(String id) {
        String price = id.endsWith(":free") ? "0" : "0.000001";
        return Delivery.body("""
                {"id": %s, "canonical_slug": %s, "name": %s, "context_length": %s, "pricing": {"prompt": %s, "completion": %s},
                 "architecture": {"input_modalities": ["text"]}, "supported_parameters": ["max_tokens", "temperature", "response_format", "tools"]}
                """, id, id, id, Model.CEILING, price, price);
    }

    /** Null where there is no such model. */
    Model find(String name) {
        Model model = byName.get(name);
        int colon = name.lastIndexOf(':');
        return model == null && colon > 0 && DYNAMIC_VARIANTS.contains(name.substring(colon + 1))
                ? byName.get(name.substring(0, colon))
                : model;
    }

    /** The row of a model, named with or without {@code :batch}, by which its batches are priced; null where there is none. */
    public Model batch(String name) {
        return batches.get(name.endsWith(BATCH) ? name : name + BATCH);
    }

    /** The body of {@code GET /models}. */
    ObjectNode listing() {
        ObjectNode listing = Json.MAPPER.createObjectNode();
        listing.set("data", rows);
        return listing.put("total_count", rows.size());
    }
}
