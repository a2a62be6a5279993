package io.promptroutes.cost;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue as it was at one moment. Immutable.
 *
 * @param byName  by id and by canonical slug
 * @param live    fetched from OpenRouter in this run
 */
record Snapshot(List<Model> models, Map<String, Model> byName, Instant asOf, boolean live) {

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
        List<Model> models = new ArrayList<>();
        for (JsonNode row : body.path("data")) {
            try {
                models.add(ModelReader.read(row));
            } catch (IllegalArgumentException e) {
                // the others are of use without it
            }
        }
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a list of models without a readable row");
        }
        Instant moment = asOf != null ? asOf : LocalDate.parse(body.path("as_of").asText()).atStartOfDay(ZoneOffset.UTC).toInstant();
        return new Snapshot(List.copyOf(models), index(models), moment, live);
    }

    /** A slug is shared by a model's variants; alone it means the plain one, or the only one that a chat can have. */
    private static Map<String, Model> index(List<Model> models) {
        Map<String, Model> byName = new HashMap<>();
        models.forEach(model -> byName.put(model.id(), model));
        models.forEach(model -> byName.putIfAbsent(model.canonicalSlug() + ModelNames.variant(model.id()), model));
        models.stream().filter(model -> !ModelNames.batch(model.id())).forEach(model -> byName.putIfAbsent(model.canonicalSlug(), model));
        return byName;
    }

    /** Null where there is none. */
    Model find(String idOrSlug) {
        Model model = byName.get(idOrSlug);
        return model != null ? model : byName.get(ModelNames.withoutDynamicVariant(idOrSlug));
    }

    /** As {@link #find}, but whatever the variant, and for an alias what it stands for. */
    Model resolve(String name) {
        Model model = find(name);
        if (model == null) {
            model = find(ModelNames.withoutVariant(name));
        }
        Model target = model == null || model.aliasTarget() == null ? null : find(model.aliasTarget());
        return target != null ? target : model;
    }
}
