package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The models that the simulator serves, by every name that a request may use. Immutable. */
final class Catalogue {

    /** @param maxCompletionTokens what is reserved for a request without a cap of its own */
    record Model(String id, String slug, Prices prices, long maxCompletionTokens) {
    }

    private static final String SHIPPED = "/models.json";
    private static final Set<String> DYNAMIC_VARIANTS = Set.of("nitro", "floor", "exacto", "online", "extended", "thinking");
    private static final long CEILING = 65_536;

    private final Map<String, Model> byName;
    private final ArrayNode rows;

    private Catalogue(Map<String, Model> byName, ArrayNode rows) {
        this.byName = byName;
        this.rows = rows;
    }

    static Catalogue shipped() {
        return load(SHIPPED);
    }

    static Catalogue load(String resource) {
        try (InputStream in = Catalogue.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("The model catalogue " + resource + " is not in the class path");
            }
            return of((ArrayNode) Json.MAPPER.readTree(in).required("data"));
        } catch (IOException e) {
            throw new UncheckedIOException("The model catalogue " + resource + " cannot be read", e);
        }
    }

    private static Catalogue of(ArrayNode rows) {
        Map<String, Model> byName = new LinkedHashMap<>();
        rows.forEach(row -> {
            Model model = model(row);
            // batch rows belong to another endpoint
            if (!model.id().endsWith(":batch")) {
                byName.put(model.id(), model);
            }
        });
        List<Model> models = List.copyOf(byName.values());
        models.stream().filter(model -> !model.id().contains(":")).forEach(model -> byName.putIfAbsent(model.slug(), model));
        rows.forEach(row -> {
            Model target = byName.get(row.path("alias_target").path("slug").asText());
            if (target != null) {
                byName.put(row.path("id").asText(), target);
            }
        });
        // a router answers as one of those it may choose
        Model paid = first(rows, byName, model -> model.id().indexOf(':') < 0 && model.prices().known() && !model.prices().free());
        Model free = first(rows, byName, model -> model.id().endsWith(":free"));
        models.stream().filter(model -> !model.prices().known() && paid != null).forEach(model -> byName.put(model.id(), paid));
        if (free != null) {
            byName.put("openrouter/free", free);
        }
        return new Catalogue(byName, rows);
    }

    /** This catalogue and models that it does not list. */
    Catalogue with(Set<String> extra) {
        if (extra.isEmpty()) {
            return this;
        }
        Map<String, Model> names = new HashMap<>(byName);
        ArrayNode all = rows.deepCopy();
        for (String id : extra) {
            boolean free = id.endsWith(":free");
            Prices prices = free ? Prices.FREE : Prices.ONE_DOLLAR_PER_MILLION;
            if (names.putIfAbsent(id, new Model(id, id, prices, CEILING)) == null) {
                all.add(row(id, prices));
            }
        }
        return new Catalogue(names, all);
    }

    /** Null where there is no such model. */
    Model find(String name) {
        Model model = byName.get(name);
        int colon = name.lastIndexOf(':');
        return model == null && colon > 0 && DYNAMIC_VARIANTS.contains(name.substring(colon + 1))
                ? byName.get(name.substring(0, colon))
                : model;
    }

    /** The body of {@code GET /models}. */
    ObjectNode listing() {
        ObjectNode listing = Json.MAPPER.createObjectNode();
        listing.set("data", rows);
        listing.put("total_count", rows.size()).putObject("links").putNull("next");
        return listing;
    }

    private static Model model(JsonNode row) {
        String id = row.required("id").asText();
        return new Model(id, row.path("canonical_slug").asText(id), Prices.of(row.path("pricing")),
                row.path("top_provider").path("max_completion_tokens").asLong(CEILING));
    }

    private static Model first(ArrayNode rows, Map<String, Model> byName, Predicate<Model> wanted) {
        for (JsonNode row : rows) {
            String id = row.path("id").asText();
            Model model = byName.get(id);
            if (model != null && !id.startsWith("~") && !id.startsWith("openrouter/") && wanted.test(model)) {
                return model;
            }
        }
        return null;
    }

    private static ObjectNode row(String id, Prices prices) {
        ObjectNode row = Json.MAPPER.createObjectNode().put("id", id).put("canonical_slug", id).put("name", id).put("context_length", CEILING);
        row.putObject("pricing").put("prompt", prices.prompt().toPlainString()).put("completion", prices.completion().toPlainString());
        row.putObject("architecture").putArray("input_modalities").add("text");
        row.putArray("supported_parameters").add("max_tokens").add("temperature").add("response_format").add("tools");
        return row;
    }
}
