package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;

/** The message of one choice: its text whatever form the content has, and what came beside it. Parts that are not there are null. */
record AnswerMessage(String text, String refusal, JsonNode toolCalls, String reasoning, JsonNode annotations, JsonNode images) {

    /** @return null where the node is no message */
    static AnswerMessage of(JsonNode message) {
        if (!message.isObject()) {
            return null;
        }
        JsonNode content = message.path("content");
        String refusal = words(message.path("refusal"));
        if (refusal == null && content.isArray()) {
            refusal = words(join(content, "refusal"));
        }
        String text = content(content);
        return new AnswerMessage(text.isEmpty() && refusal != null ? refusal : text, refusal,
                Nodes.filledArray(message.path("tool_calls")), reasoning(message),
                Nodes.filledArray(message.path("annotations")), Nodes.filledArray(message.path("images")));
    }

    /** Reasoning alone is no answer. */
    boolean isEmpty() {
        return text.isBlank() && toolCalls == null && images == null;
    }

    private static String content(JsonNode content) {
        if (content.isTextual()) {
            return wellFormed(content.textValue());
        }
        if (content.isArray()) {
            return wellFormed(join(content, "text"));
        }
        if (content.isObject()) {
            // one part without its array, or JSON mode that was parsed on the way
            JsonNode part = content.path("text");
            return wellFormed(part.isTextual() ? part.textValue() : content.toString());
        }
        return content.isNull() ? "" : content.asText();
    }

    private static String reasoning(JsonNode message) {
        String reasoning = words(message.path("reasoning"));
        if (reasoning == null) {
            reasoning = words(message.path("reasoning_content"));
        }
        if (reasoning == null) {
            reasoning = words(join(message.path("reasoning_details"), "text"));
        }
        return reasoning != null ? reasoning : words(join(message.path("reasoning_details"), "summary"));
    }

    /** Parts of text follow each other without a separator: they are pieces of one text. */
    private static String join(JsonNode parts, String field) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : parts) {
            JsonNode piece = part.isTextual() && field.equals("text") ? part : part.path(field);
            if (piece.isTextual()) {
                text.append(piece.textValue());
            }
        }
        return text.toString();
    }

    private static String words(JsonNode node) {
        return node.isTextual() ? words(node.textValue()) : null;
    }

    private static String words(String text) {
        return text.isBlank() ? null : wellFormed(text);
    }

    /** A text cut between the halves of a surrogate pair could not be written as UTF-8 later. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return repaired(text);
                }
                i++;
            }
        }
        return text;
    }

    private static String repaired(String text) {
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints().map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c).forEach(whole::appendCodePoint);
        return whole.toString();
    }
}
