package io.promptroutes.prompt;

import java.util.Set;

/**
 * What an operator decides about reading prompts.
 *
 * @param maxBytes    the longest input of one prompt, and the longest text that a template makes, in bytes
 * @param system      the system message of requests that bring none, or null
 * @param template    the prompt of records, or null
 * @param data        whether what comes in is data for the template alone; else it is a request, and the template is for those without a prompt
 * @param passthrough fields that are sent though OpenRouter is not known to have them
 */
public record PromptSettings(int maxBytes, Template system, Template template, InputFormat format, boolean data, Set<String> passthrough) {

    /** What templates know a plain text by. */
    static final String TEXT = "text";
    public static final int DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

    public PromptSettings {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("the longest prompt must be at least 1 byte, not " + maxBytes);
        }
        if (data && template == null) {
            throw new IllegalArgumentException("data needs a template");
        }
        passthrough = Set.copyOf(passthrough);
    }

    /** Of requests. @param system and template may be null or blank */
    public PromptSettings(int maxBytes, String system, String template, InputFormat format) {
        this(maxBytes, template(system), template(template), format, false, Set.of());
    }

    public static PromptSettings defaults() {
        return new PromptSettings(DEFAULT_MAX_BYTES, (String) null, null, InputFormat.AUTO);
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
