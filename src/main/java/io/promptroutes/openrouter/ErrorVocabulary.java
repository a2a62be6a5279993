package io.promptroutes.openrouter;

import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the words mean that error codes and types are made of, and the HTTP status that they stand for: error-words.properties; and what the
 * text of an error may say, for errors without a code that tells it: error-phrases.properties. Stateless.
 */
final class ErrorVocabulary {

    private static final ResourceBundle WORDS = ResourceBundle.getBundle("error-words", Locale.ROOT);

    private static final ResourceBundle PHRASES = ResourceBundle.getBundle("error-phrases", Locale.ROOT);
    private static final Map<String, Pattern> PATTERNS = PHRASES.keySet().stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> Pattern.compile(PHRASES.getString(name))));

    private ErrorVocabulary() {
    }

    /** One spelling for {@code Rate-Limit exceeded} and {@code rate_limit_exceeded}. */
    static String word(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }

    /** @return null for a word that says too little */
    static FailureKind kind(String word) {
        String[] meaning = meaning(word);
        return meaning.length < 2 ? null : FailureKind.named(meaning[1]);
    }

    /** @return null for an unknown word */
    static Integer status(String word) {
        String[] meaning = meaning(word);
        return meaning.length == 0 ? null : Integer.valueOf(meaning[0]);
    }

    /** Whether a text in lower case has a phrase in it. */
    static boolean says(String phrase, String text) {
        return PATTERNS.get(phrase).matcher(text).find();
    }

    private static String[] meaning(String word) {
        return WORDS.containsKey(word) ? WORDS.getString(word).split(" ") : new String[0];
    }
}
