package io.promptroutes.cost;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The catalogue as it was at one moment. Immutable. */
final class Snapshot {

    private final Map<String, Model> byId = new LinkedHashMap<>();
    private final Map<String, Model> bySlug = new HashMap<>();
    private final List<Model> models;
    private final Instant asOf;
    private final boolean live;
    private int skipped;

    private Snapshot(JsonNode rows, Instant asOf, boolean live) {
        this.asOf = asOf;
        this.live = live;
        for (JsonNode row : rows) {
            try {
                Model model = ModelReader.read(row);
                byId.put(model.id(), model);
            } catch (IllegalArgumentException e) {
                skipped++;
            }
        }
        if (byId.isEmpty()) {
            throw new IllegalArgumentException("a list of models without a readable row");
        }
        models = List.copyOf(byId.values());
        models.forEach(this::indexSlug);
    }

    /**
     * @param asOf null where the body itself says so, in {@code as_of}
     * @throws IllegalArgumentException for a body that is no list of models
     */
    static Snapshot read(byte[] modelsJson, Instant asOf, boolean live) {
        JsonNode body;
        try {
            body = Json.MAPPER.readTree(modelsJson);
        } catch (IOException e) {
            // without the cause: its message quotes the body
            throw new IllegalArgumentException("a list of models that is no JSON");
        }
        Instant moment = asOf != null ? asOf
                : LocalDate.parse(body.path("as_of").asText()).atStartOfDay(ZoneOffset.UTC).toInstant();
        return new Snapshot(body.path("data"), moment, live);
    }

    /** A slug is shared by a model's variants; alone it means the plain one, or the only one that a chat can have. */
    private void indexSlug(Model model) {
        String variant = ModelNames.variant(model.id());
        if (variant.isEmpty()) {
            bySlug.put(model.canonicalSlug(), model);
        } else {
            bySlug.put(model.canonicalSlug() + variant, model);
            if (!ModelNames.batch(model.id())) {
                bySlug.putIfAbsent(model.canonicalSlug(), model);
            }
        }
    }

    /** Null where there is none. */
    Model find(String idOrSlug) {
        Model model = exact(idOrSlug);
        return model != null ? model : exact(ModelNames.withoutDynamicVariant(idOrSlug));
    }

    /** As {@link #find}, but whatever the variant, and for an alias what it stands for. */
    Model resolve(String name) {
        Model model = find(name);
        if (model == null) {
            model = find(ModelNames.withoutVariant(name));
        }
        if (model != null && model.aliasTarget() != null) {
            Model target = find(model.aliasTarget());
            return target != null ? target : model;
        }
        return model;
    }

    private Model exact(String name) {
        Model model = byId.get(name);
        return model != null ? model : bySlug.get(name);
    }

    List<Model> models() {
        return models;
    }

    Instant asOf() {
        return asOf;
    }

    boolean live() {
        return live;
    }

    int skipped() {
        return skipped;
    }
}
