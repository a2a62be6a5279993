package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what makes a call cost more than its tokens: unbounded-costs.properties. Stateless. */
final class UnboundedCosts {

    private static final ResourceBundle REASONS = ResourceBundle.getBundle("io.promptroutes.unbounded-costs", Locale.ROOT);
    private static final Set<String> FIELDS = Set.copyOf(names("field."));
    private static final Set<String> MODELS = names("model.");
    private static final Set<String> PARTS = names("part.");

    private UnboundedCosts() {
    }

    private static Set<String> names(String kind) {
        return REASONS.keySet().stream().filter(key -> key.startsWith(kind)).map(key -> key.substring(kind.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What it is and why it has no bound; null where the call has one. */
    static String of(String model, JsonNode body, Media media) {
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (FIELDS.contains(field.getKey()) && raises(field.getKey(), field.getValue())) {
                return said("field", field.getKey());
            }
        }
        String lower = model.toLowerCase(Locale.ROOT);
        for (String name : MODELS) {
            if (lower.contains(name)) {
                return said("model", name);
            }
        }
        return media.parts().isEmpty() ? null : media.parts().stream().map(Media.Part::type).filter(PARTS::contains).findFirst().map(type -> said("part", type)).orElse(null);
    }

    private static String said(String kind, String name) {
        return kind + " " + name + ": " + REASONS.getString(kind + "." + name);
    }

    private static boolean raises(String name, JsonNode value) {
        return switch (name) {
            case "tools" -> value.valueStream().anyMatch(tool -> !ofTheCaller(tool));
            case "modalities" -> (value.isTextual() ? Stream.of(value) : value.valueStream()).anyMatch(modality -> !modality.asText().equals("text"));
            default -> value.isContainerNode() ? !value.isEmpty() : !value.asText().isEmpty() && !value.isNull() && !value.asText().equals("false");
        };
    }

    /** Described to the model, and run by whoever reads the answer. */
    private static boolean ofTheCaller(JsonNode tool) {
        String type = tool.path("type").asText(tool.has("function") ? "function" : "");
        return (type.equals("function") || type.equals("custom")) && !tool.has("tools")
                && tool.findValuesAsText("name").stream().noneMatch(name -> name.startsWith("openrouter:"));
    }
}
