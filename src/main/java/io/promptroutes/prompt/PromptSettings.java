package io.promptroutes.prompt;

/**
 * What an operator decides about reading prompts.
 *
 * @param maxBytes     the longest input of one prompt, in bytes
 * @param systemPrompt the system message of requests that bring none, or null
 * @param template     the prompt of JSON objects that bring none, with their fields in double braces, or null
 */
public record PromptSettings(int maxBytes, String systemPrompt, String template, InputFormat format) {

    public static final int DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

    public PromptSettings {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("the longest prompt must be at least 1 byte, not " + maxBytes);
        }
        systemPrompt = blankToNull(systemPrompt);
        template = blankToNull(template);
    }

    public static PromptSettings defaults() {
        return new PromptSettings(DEFAULT_MAX_BYTES, null, null, InputFormat.AUTO);
    }

    private static String blankToNull(String value) {
        return value == null || value.isBlank() ? null : value;
    }
}
