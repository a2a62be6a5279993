package io.promptroutes.cost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.stream.Stream;

/** Finds what makes a call cost more than its tokens: unbounded-costs.properties. Stateless. */
final class UnboundedCosts {

    private static final ResourceBundle REASONS = ResourceBundle.getBundle("unbounded-costs", Locale.ROOT);

    private UnboundedCosts() {
    }

    /** What it is and why it has no bound; null where the call has one. */
    static String of(String model, JsonNode body, Media media) {
        return REASONS.keySet().stream().filter(key -> {
            String name = key.substring(key.indexOf('.') + 1);
            return key.startsWith("field.") ? raises(name, body.path(name)) : key.startsWith("model.") ? model.toLowerCase(Locale.ROOT).contains(name)
                    : media.parts().stream().anyMatch(part -> part.type().equals(name));
        }).min(String::compareTo).map(key -> key.replaceFirst("\\.", " ") + ": " + REASONS.getString(key)).orElse(null);
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
