package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an error response says, whichever of the known shapes it has.
 *
 * @param form     what the body was
 * @param error    the error object; missing where there is none
 * @param code     HTTP status that the error itself names, as a number or by a word; null where it names none
 * @param words    OpenRouter's error codes and types, spelt as in {@link ErrorVocabulary}
 * @param message  of OpenRouter; for a body that is no JSON its text; null where there is none
 * @param upstream the provider's error inside
 * @param provider the upstream provider; null where OpenRouter itself refused
 */
record ErrorBody(Form form, JsonNode error, Integer code, List<String> words, String message, UpstreamError upstream, String provider) {

    enum Form { JSON, TEXT, EMPTY }

    private static final String STOCK_PHRASE = "Provider returned error";
    /** Characters that the rules look at: error texts are short, pages and echoed prompts are not. */
    private static final int LOOKED_AT = 4_000;
    /** Bytes of a page. */
    private static final int PAGE = 16_000;

    /** A body that is no JSON, such as a proxy's page. What was meant to be JSON is not quoted: its cut start may hold the prompt. */
    static ErrorBody unreadable(byte[] body) {
        String text = body == null ? "" : new String(body, 0, Math.min(body.length, PAGE), StandardCharsets.UTF_8).strip();
        boolean cutJson = text.startsWith("{") || text.startsWith("[") || text.startsWith("data:");
        return text(text.isEmpty() ? Form.EMPTY : Form.TEXT, text.isEmpty() || cutJson ? null : text);
    }

    static ErrorBody text(Form form, String text) {
        return new ErrorBody(form, MissingNode.getInstance(), null, List.of(), text, new UpstreamError(null, List.of()), null);
    }

    /** @param said the value of {@code error}, wherever it was found; null where only the root can tell */
    static ErrorBody json(JsonNode root, JsonNode said) {
        JsonNode error = said == null ? MissingNode.getInstance() : said.isArray() ? said.path(0) : said;
        if (!error.isObject() && !error.isTextual()) {
            error = root;
        }
        List<String> words = new ArrayList<>();
        JsonNode metadata = error.path("metadata");
        for (JsonNode word : new JsonNode[] {error.path("code"), error.path("availability").path("code"), metadata.path("error_type"),
            error.path("error_type"), error.path("type"), root.path("error_type")}) {
            if (word.isTextual()) {
                words.add(ErrorVocabulary.word(word.textValue()));
            }
        }
        JsonNode message = error.isTextual() && !root.path("message").isTextual() ? error : UpstreamError.message(root, error);
        // a provider's whole error body, passed on as the message
        String text = Nodes.text(message) == null ? null : UpstreamError.of(message).message();
        return new ErrorBody(Form.JSON, error, code(error, words), words, text, UpstreamError.of(metadata.path("raw")),
                Nodes.text(metadata.path("provider_name")));
    }

    JsonNode metadata() {
        return error.path("metadata");
    }

    JsonNode availability() {
        return error.path("availability");
    }

    /** OpenRouter's stock phrase, which hides what the provider said. */
    boolean isGeneric() {
        return message == null || message.strip().regionMatches(true, 0, STOCK_PHRASE, 0, STOCK_PHRASE.length());
    }

    /** The provider refused, not OpenRouter: its key, its credit and its permissions are not ours. */
    boolean isProviders() {
        return provider != null && isGeneric();
    }

    String telling() {
        return isGeneric() && upstream.message() != null && !upstream.message().isBlank() ? upstream.message() : message;
    }

    /** Both messages in lower case, for the rules that go by the text. */
    String said() {
        return (lookedAt(message) + "\n" + lookedAt(upstream.message())).toLowerCase(Locale.ROOT);
    }

    boolean retryable() {
        return availability().path("retryable").asBoolean();
    }

    boolean saysRetryable() {
        return availability().hasNonNull("retryable");
    }

    private static String lookedAt(String text) {
        return text == null ? "" : text.substring(0, Math.min(text.length(), LOOKED_AT));
    }

    private static Integer code(JsonNode error, List<String> words) {
        Integer code = status(error.path("code"));
        if (code == null && error.path("code").isTextual()) {
            code = ErrorVocabulary.status(ErrorVocabulary.word(error.path("code").textValue()));
        }
        if (code == null) {
            code = status(error.path("http_status"));
        }
        for (int i = 0; code == null && i < words.size(); i++) {
            code = ErrorVocabulary.status(words.get(i));
        }
        return code;
    }

    private static Integer status(JsonNode node) {
        BigDecimal number = Nodes.number(node);
        int status = number == null ? 0 : number.intValue();
        return status >= 400 && status <= 599 ? status : null;
    }
}
