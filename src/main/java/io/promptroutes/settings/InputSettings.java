package io.promptroutes.settings;

import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Template;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The keys {@code prompts.*} about how what comes in is read. Each read looks at the templates' files anew. */
record InputSettings(Settings settings) {

    PromptSettings prompts() {
        InputFormat format = InputFormat.valueOf(
                settings.choice("prompts.format", List.of("auto", "json", "text", "openai")).toUpperCase(Locale.ROOT));
        int maxBytes = settings.integer("prompts.max-bytes", 1, Integer.MAX_VALUE);
        Template template = template("prompts.template", maxBytes);
        String input = settings.text("prompts.input").isEmpty() ? template == null ? "request" : "data" : settings.choice("prompts.input", List.of("request", "data"));
        boolean data = input.equals("data");
        if (data && (template == null || format == InputFormat.OPENAI)) {
            settings.refuse("prompts.input", template == null ? "request, or key prompts.template be set: it alone says what is sent of data"
                    : "request, for key prompts.format says that lines are requests for OpenAI's Batch API");
        }
        return new PromptSettings(maxBytes, template("prompts.system", maxBytes), template, format,
                data && template != null, new DetectionSettings(settings).tasks(), Set.copyOf(settings.list("prompts.passthrough"))).within(new BatchSettings(settings).within());
    }

    /** Null where there is none. */
    private Template template(String key, int maxBytes) {
        String text = settings.text(key);
        if (text.startsWith(Place.FILE) || text.startsWith(Place.CLASSPATH)) {
            text = Place.text(key, text, maxBytes);
        }
        try {
            return PromptSettings.template(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("key " + key + " is no template: " + e.getMessage(), e);
        }
    }
}
