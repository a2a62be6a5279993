package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which {@link FailureKind} a status and an error body make: the words of the stable vocabulary first (error-words.properties, with the HTTP
 * status that each stands for), then failure-rules.properties, also by what the text says (error-phrases.properties). Stateless.
 */
final class FailureTable {

    private static final ResourceBundle RULES = ResourceBundle.getBundle("io.promptroutes.failure-rules", Locale.ROOT);

    private static final ResourceBundle WORDS = ResourceBundle.getBundle("io.promptroutes.error-words", Locale.ROOT);

    private static final ResourceBundle PHRASES = ResourceBundle.getBundle("io.promptroutes.error-phrases", Locale.ROOT);
    private static final Map<String, Pattern> PATTERNS = PHRASES.keySet().stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> Pattern.compile(PHRASES.getString(name))));

    private FailureTable() {
    }

    static FailureKind kind(int status, ErrorBody body) {
        if (status == 429 && says("free_day", body.said() + body.metadata().path("limit_source").asText())) {
            return FailureKind.FREE_LIMIT;
        }
        if (status != 402 && saysNoCredit(body)) {
            return body.isProviders() ? FailureKind.PROVIDER_ERROR : FailureKind.INSUFFICIENT_CREDIT;
        }
        FailureKind named = byWords(status, body);
        if (named == null && body.retryable() != null) {
            named = byRetryable(status, body.retryable());
        }
        return named != null ? named : byStatus(status, body);
    }

    private static FailureKind byStatus(int status, ErrorBody body) {
        String key = RULES.containsKey(String.valueOf(status)) ? String.valueOf(status) : status / 100 == 4 ? "4xx" : "other";
        for (String rule : RULES.getString(key).split(";")) {
            String[] parts = rule.split("->");
            if (Stream.of(parts[0].strip().split(" +")).allMatch(condition -> holds(condition, body))) {
                return FailureKind.named(parts[1].strip());
            }
        }
        throw new IllegalStateException("no rule for " + status);
    }

    private static boolean holds(String condition, ErrorBody body) {
        if (condition.startsWith("!")) {
            return !holds(condition.substring(1), body);
        }
        return switch (condition) {
            case "" -> true;
            case "page" -> body.form() == ErrorBody.Form.TEXT;
            case "json" -> body.form() == ErrorBody.Form.JSON;
            case "provider" -> body.isProviders();
            case "flagged" -> body.isFlagged();
            case "context" -> isAboutContext(body);
            case "affordable" -> body.affordableTokens() != null;
            default -> condition.startsWith("own:") ? says(condition.substring(4), body.ownWords()) : says(condition, body.said());
        };
    }

    static boolean isAboutContext(ErrorBody body) {
        return says("context", body.said())
                || body.words().stream().map(FailureTable::kind).anyMatch(k -> k == FailureKind.CONTEXT_LENGTH);
    }

    private static FailureKind byWords(int status, ErrorBody body) {
        JsonNode availability = body.availability();
        boolean byStatusAlone = status == 401 || status == 402 || status == 408 || status == 413 || status == 429;
        if (byStatusAlone && !availability.isObject()) {
            return null;
        }
        for (String word : body.words()) {
            FailureKind kind = kind(word);
            if (kind != null) {
                boolean filtered = word.equals("no_endpoints")
                        && (!availability.path("excluded_by").isEmpty() || availability.hasNonNull("constraint"));
                return filtered ? FailureKind.NO_ENDPOINT : kind;
            }
        }
        if (body.words().contains("invalid_prompt") && says("policy", body.said())) {
            return FailureKind.MODERATION;
        }
        // what a provider calls its models, nobody else needs to know
        return body.upstream().words().stream().map(FailureTable::kind)
                .filter(k -> k == FailureKind.CONTEXT_LENGTH || k == FailureKind.MODERATION).findFirst().orElse(null);
    }

    /** An availability code of tomorrow: retryable means a passing trouble, else this model does not take this request. */
    private static FailureKind byRetryable(int status, boolean retryable) {
        if (status == 401 || status == 402 || status == 429 || status == 404 && !retryable) {
            return null;
        }
        return retryable ? FailureKind.PROVIDER_ERROR : FailureKind.NO_ENDPOINT;
    }

    /** Whoever pays has no money left, whatever status was made of it. */
    private static boolean saysNoCredit(ErrorBody body) {
        List<String> words = Stream.of(body.words(), body.upstream().words()).flatMap(List::stream).toList();
        return words.stream().map(FailureTable::kind).anyMatch(kind -> kind == FailureKind.INSUFFICIENT_CREDIT)
                || says("no_credit", body.tellingWords()) && !says("passing", body.tellingWords() + words);
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
