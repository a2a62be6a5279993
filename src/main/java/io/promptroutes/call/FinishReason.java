package io.promptroutes.call;

import java.util.Locale;
import java.util.ResourceBundle;

/** OpenRouter's finish reasons, found behind the providers' own words that leak through: finish-reasons.properties. Stateless. */
public final class FinishReason {

    public static final String LENGTH = "length";
    static final String ERROR = "error";
    public static final String FILTER = "content_filter";

    static final String STOP = "stop";
    static final String TOOL_CALLS = "tool_calls";

    private static final ResourceBundle WORDS = ResourceBundle.getBundle("io.promptroutes.finish-reasons", Locale.ROOT);

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
        String own = word == null ? "" : FailureTable.word(word);
        return WORDS.containsKey(own) ? WORDS.getString(own) : FailureTable.kind(own) == FailureKind.MODERATION ? FILTER : null;
    }
}
