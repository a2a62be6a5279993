package io.promptroutes.openrouter;

import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.Pattern;

/** What the text of an error may say, for errors without a code that tells it: error-phrases.properties. */
enum ErrorPhrase {
    FREE_DAY, CONTEXT, INVALID_MODEL, POLICY, ONE_REQUEST, NOTHING_LEFT, NO_CREDIT, PASSING, MODEL, MODEL_DENIED, KEY_LIMIT, BUDGET, BLOCKED,
    REGION, BAD_KEY, GONE, PLAIN, FILTERED;

    private final Pattern pattern = Pattern.compile(ResourceBundle.getBundle("error-phrases", Locale.ROOT).getString(name().toLowerCase(Locale.ROOT)));

    /** @param text in lower case */
    boolean in(String text) {
        return pattern.matcher(text).find();
    }
}
