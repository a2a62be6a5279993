package io.promptroutes.model;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingResult;
import com.knuddels.jtokkit.api.EncodingType;

/**
 * Counts a text's tokens as OpenAI's o200k_base has them: near enough for other vendors where the true count is missing.
 * Thread-safe. The first count loads the vocabulary, which takes a moment.
 */
public final class TokenCounter {

    /** Characters; of a longer text the beginning stands for the rest, since counting takes as long as a short call. */
    private static final int SAMPLE = 200_000;

    private static final class Vocabulary {
        static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }

    /** 0 for null. */
    public long count(String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        String sample = text.substring(0, Math.min(SAMPLE, text.length()));
        // marks such as <|endoftext|> are text like any other in what a user wrote
        long tokens = Vocabulary.O200K.countTokensOrdinary(sample);
        return (tokens * text.length() + sample.length() - 1) / sample.length();
    }

    /** How many characters from the beginning make at most so many tokens; whole characters, never half of a surrogate pair. */
    public int prefix(String text, long maxTokens) {
        if (maxTokens <= 0) {
            return 0;
        }
        EncodingResult start = Vocabulary.O200K.encodeOrdinary(text, (int) Math.min(maxTokens, Integer.MAX_VALUE));
        return start.isTruncated() ? start.getLastProcessedCharacterIndex() + 1 : text.length();
    }
}
