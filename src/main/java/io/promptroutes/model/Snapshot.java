package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The catalogue as it was at one moment. Immutable.
 *
 * @param byName  by id and by canonical slug, in lower case
 * @param live    fetched from OpenRouter in this run
 */
record Snapshot(List<Model> models, Map<String, Model> byName, Instant asOf, boolean live) {

    /**
     * @param asOf null where the body itself says so, in {@code as_of}
     * @throws IllegalArgumentException for a body that is no list of models
     */
    static Snapshot read(byte[] modelsJson, Instant asOf, boolean live) {
        JsonNode body = Json.tree(modelsJson);
        if (body.isMissingNode()) {
            throw new IllegalArgumentException("a list of models that is no JSON");
        }
        Map<String, Model> models = new LinkedHashMap<>(); // a row may be there twice
        for (JsonNode row : body.path("data")) {
            try {
                Model model = Model.read(row);
                models.put(model.id(), model);
            } catch (IllegalArgumentException e) {
                // the others are of use without it
            }
        }
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a list of models without a readable row");
        }
        Instant moment = asOf != null ? asOf : date(body.path("as_of").asText());
        return new Snapshot(List.copyOf(models.values()), index(models.values()), moment, live);
    }

    static Instant date(String asOf) {
        return LocalDate.parse(asOf).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** A slug is shared by a model's variants; alone it means the plain one, or the only one that a chat can have. */
    private static Map<String, Model> index(Collection<Model> models) {
        Map<String, Model> byName = new HashMap<>();
        models.forEach(model -> byName.put(lower(model.id()), model));
        models.forEach(model -> byName.putIfAbsent(lower(model.canonicalSlug() + ModelNames.variant(model.id())), model));
        models.stream().filter(model -> !ModelNames.batch(model.id())).forEach(model -> byName.putIfAbsent(lower(model.canonicalSlug()), model));
        return byName;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Null where there is none. */
    Model find(String idOrSlug) {
        String name = lower(idOrSlug);
        Model model = byName.get(name);
        return model != null ? model : byName.get(ModelNames.withoutDynamicVariant(name));
    }

    /** The ids that a name may stand for, its suffix behind them; the name itself where nothing of it is listed. */
    List<String> named(String name) {
        List<String> ids = ids(name);
        if (ids.isEmpty()) {
            ids = ids(ModelNames.withoutSuffix(name)).stream().map(id -> id + ModelNames.suffix(name)).toList();
        }
        return ids.isEmpty() ? List.of(name) : ids;
    }

    /** The id itself, or those of which it is the end, else those of whose slug it is. */
    private List<String> ids(String name) {
        Model own = byName.get(lower(name));
        if (own != null && own.id().equalsIgnoreCase(name)) {
            return List.of(own.id());
        }
        List<String> ids = endingIn(name, Model::id);
        return ids.isEmpty() ? endingIn(name, Model::canonicalSlug) : ids;
    }

    private List<String> endingIn(String name, Function<Model, String> of) {
        String end = "/" + lower(name);
        return models.stream().filter(model -> lower(of.apply(model)).endsWith(end) && !ModelNames.alias(model.id())
                && ModelNames.variant(model.id()).equals(ModelNames.variant(name))).map(Model::id).toList();
    }

    /** As {@link #find}, but whatever the variant, and for an alias what it stands for. */
    Model resolve(String name) {
        Model model = find(name);
        if (model == null) {
            model = find(ModelNames.withoutSuffix(name));
        }
        Model target = model == null || model.aliasTarget() == null ? null : find(model.aliasTarget());
        return target != null ? target : model;
    }
}
