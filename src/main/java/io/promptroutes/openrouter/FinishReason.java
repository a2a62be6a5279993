package io.promptroutes.openrouter;

/** OpenRouter's finish reasons, found behind the providers' own words that leak through. Stateless. */
public final class FinishReason {

    public static final String LENGTH = "length";
    static final String ERROR = "error";
    public static final String FILTER = "content_filter";

    static final String STOP = "stop";
    static final String TOOL_CALLS = "tool_calls";

    private FinishReason() {
    }

    /**
     * The provider's reason counts where OpenRouter gives none, and where it alone says that the answer was cut.
     *
     * @return null where neither says anything known; an unknown {@code reason} as it is
     */
    static String of(String reason, String nativeReason) {
        String found = known(reason == null ? nativeReason : reason);
        if ((STOP.equals(found) || TOOL_CALLS.equals(found)) && LENGTH.equals(known(nativeReason))) {
            return LENGTH;
        }
        return found == null ? reason : found;
    }

    /** What a provider's own word stands for; null for an unknown one. */
    static String known(String word) {
        return switch (word == null ? "" : ErrorVocabulary.word(word)) {
            case "stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed" -> STOP;
            case "length", "max_tokens", "max_output_tokens", "max_length", "model_length", "token_limit",
                    "model_context_window_exceeded" -> LENGTH;
            case "tool_calls", "tool_call", "tool_use", "function_call" -> TOOL_CALLS;
            case "error", "network_error", "malformed_function_call", "malformed_response", "unexpected_tool_call", "too_many_tool_calls" -> ERROR;
            default -> ErrorVocabulary.kind(ErrorVocabulary.word(String.valueOf(word))) == FailureKind.MODERATION ? FILTER : null;
        };
    }
}
