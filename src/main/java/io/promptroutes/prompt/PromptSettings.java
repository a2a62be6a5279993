package io.promptroutes.prompt;

import java.util.List;
import java.util.Set;

/**
 * What an operator decides about reading prompts.
 *
 * @param maxBytes    the longest input of one prompt, and the longest text that a template makes, in bytes
 * @param system      the system message of requests that bring none, or null
 * @param template    the prompt of records, or null
 * @param data        whether what comes in is data for the template alone; else it is a request, and the template is for those without a prompt
 * @param tasks       that a request can name
 * @param passthrough fields that are sent though OpenRouter is not known to have them
 */
public record PromptSettings(int maxBytes, Template system, Template template, InputFormat format, boolean data, List<String> tasks,
        Set<String> passthrough) {

    /** What templates know a plain text by. */
    static final String TEXT = "text";

    public PromptSettings {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("the longest prompt must be at least 1 byte, not " + maxBytes);
        }
        if (data && template == null) {
            throw new IllegalArgumentException("data needs a template");
        }
        passthrough = Set.copyOf(passthrough);
    }

    /** The field of a record, or of a request, that a plain text is. */
    public String textField() {
        return data ? TEXT : "prompt";
    }

    /** Null for a blank text. */
    public static Template template(String text) {
        return text == null || text.isBlank() ? null : new Template(text);
    }
}
