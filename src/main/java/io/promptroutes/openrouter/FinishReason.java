package io.promptroutes.openrouter;

import java.util.Locale;
import java.util.Map;

/** OpenRouter's finish reasons, found behind the providers' own words that leak through. Stateless. */
final class FinishReason {

    static final String STOP = "stop";
    static final String LENGTH = "length";
    static final String TOOL_CALLS = "tool_calls";
    static final String CONTENT_FILTER = "content_filter";
    static final String ERROR = "error";

    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("stop", STOP), Map.entry("end_turn", STOP), Map.entry("stop_sequence", STOP), Map.entry("eos", STOP),
            Map.entry("eos_token", STOP), Map.entry("complete", STOP), Map.entry("completed", STOP),
            Map.entry("length", LENGTH), Map.entry("max_tokens", LENGTH), Map.entry("max_output_tokens", LENGTH),
            Map.entry("max_length", LENGTH), Map.entry("model_length", LENGTH), Map.entry("token_limit", LENGTH),
            Map.entry("model_context_window_exceeded", LENGTH),
            Map.entry("tool_calls", TOOL_CALLS), Map.entry("tool_call", TOOL_CALLS), Map.entry("tool_use", TOOL_CALLS),
            Map.entry("function_call", TOOL_CALLS),
            Map.entry("content_filter", CONTENT_FILTER), Map.entry("content_filtered", CONTENT_FILTER), Map.entry("safety", CONTENT_FILTER),
            Map.entry("prohibited_content", CONTENT_FILTER), Map.entry("blocklist", CONTENT_FILTER), Map.entry("spii", CONTENT_FILTER),
            Map.entry("recitation", CONTENT_FILTER), Map.entry("refusal", CONTENT_FILTER),
            Map.entry("error", ERROR), Map.entry("network_error", ERROR));

    private FinishReason() {
    }

    /**
     * The provider's reason counts where OpenRouter gives none, and where it alone says that the answer was cut.
     *
     * @return null where neither says anything known; an unknown {@code reason} as it is
     */
    static String of(String reason, String nativeReason) {
        String found = reason == null ? known(nativeReason) : known(reason);
        if ((STOP.equals(found) || TOOL_CALLS.equals(found)) && LENGTH.equals(known(nativeReason))) {
            return LENGTH;
        }
        return found == null ? reason : found;
    }

    private static String known(String word) {
        return word == null ? null : KNOWN.get(word.strip().toLowerCase(Locale.ROOT));
    }
}
