package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an error response says, whichever of the known shapes it has.
 *
 * @param form     what the body was
 * @param error    the error object; missing where there is none
 * @param code     HTTP status that the error itself names, as a number or by a word; null where it names none
 * @param words    OpenRouter's error codes and types, spelt as in {@link FailureTable}
 * @param message  of OpenRouter; for a body that is no JSON its text; null where there is none
 * @param upstream the provider's error inside
 * @param provider the upstream provider; null where OpenRouter itself refused
 */
record ErrorBody(Form form, JsonNode error, Integer code, List<String> words, String message, UpstreamError upstream, String provider) {

    enum Form { JSON, TEXT, EMPTY }

    private static final String STOCK_PHRASE = "Provider returned error";
    /**
     * "You requested up to 64000 tokens, but can only afford 2,048", "128000 token capacity required, 2048 available", "max_tokens limit
     * exceeded: 64000 > 2048": a separator stands in front of exactly three digits.
     */
    private static final Pattern AFFORD = Pattern.compile("(?:can only afford|token capacity required,|max_tokens limit exceeded: \\d{1,12} >)"
            + "\\s+([1-9]\\d{0,2}(?:[,.'_ \u00a0\u202f]\\d{3})+(?!\\d)|\\d+)");
    /** Characters that the rules look at: error texts are short, pages and echoed prompts are not. */
    private static final int LOOKED_AT = 4_000;
    /** Bytes of a page. */
    private static final int PAGE = 16_000;

    /** A body that is no JSON, such as a proxy's page. What was meant to be JSON is not quoted: its cut start may hold the prompt. */
    static ErrorBody unreadable(byte[] body) {
        String text = body == null ? "" : new String(body, 0, Math.min(body.length, PAGE), StandardCharsets.UTF_8).strip();
        boolean cutJson = text.matches("(?s)([{\\[:]|data:|event:).*");
        return text(text.isEmpty() ? Form.EMPTY : Form.TEXT, text.isEmpty() || cutJson ? null : text);
    }

    static ErrorBody text(Form form, String text) {
        return new ErrorBody(form, MissingNode.getInstance(), null, List.of(), text, new UpstreamError(null, List.of()), null);
    }

    /** @param said the value of {@code error}, wherever it was found; missing where only the root can tell */
    static ErrorBody json(JsonNode root, JsonNode said) {
        JsonNode first = Nodes.first(said);
        while (first.path("error").isObject() && !first.path("message").isTextual()) {
            first = first.path("error"); // the error of a server behind the server
        }
        JsonNode error = first.isObject() || first.isTextual() ? first : root;
        JsonNode metadata = error.path("metadata");
        List<JsonNode> codes = List.of(error.path("code"), error.path("availability").path("code"), metadata.path("error_type"),
                error.path("error_type"), error.path("type"), error.path("status"), root.path("error_type"));
        Integer code = Stream.concat(Stream.of(error.path("code"), error.path("http_status")), codes.stream())
                .map(ErrorBody::status).filter(Objects::nonNull).findFirst().orElse(null);
        List<String> words = codes.stream().filter(JsonNode::isTextual).map(word -> FailureTable.word(word.textValue())).toList();
        // what the message holds may be a provider's whole error body, passed on
        JsonNode message = UpstreamError.message(root, error);
        return new ErrorBody(Form.JSON, error, code, words, UpstreamError.of(message).message(), UpstreamError.of(metadata.path("raw")),
                Nodes.text(metadata.path("provider_name")));
    }

    JsonNode metadata() {
        return error.path("metadata");
    }

    JsonNode availability() {
        return error.path("availability");
    }

    /** As OpenRouter says; null where it does not. */
    Boolean retryable() {
        return availability().hasNonNull("retryable") ? availability().get("retryable").asBoolean() : null;
    }

    /** OpenRouter's stock phrase, which hides what the provider said. */
    boolean isGeneric() {
        return message == null || message.strip().regionMatches(true, 0, STOCK_PHRASE, 0, STOCK_PHRASE.length());
    }

    /** The provider refused, not OpenRouter: its key, its credit and its permissions are not ours. */
    boolean isProviders() {
        return upstream.message() != null || provider != null && !ownWords().contains("openrouter.ai");
    }

    /** A moderation has found something in the prompt. */
    boolean isFlagged() {
        return !metadata().path("reasons").isEmpty() || metadata().hasNonNull("flagged_input") || !metadata().path("patterns").isEmpty();
    }

    String telling() {
        return isGeneric() && upstream.message() != null && !upstream.message().isBlank() ? upstream.message() : message;
    }

    /** OpenRouter's message in lower case, for the rules that go by the text; empty where there is none. */
    String ownWords() {
        return lookedAt(message);
    }

    String tellingWords() {
        return lookedAt(telling());
    }

    /** Both messages in lower case. */
    String said() {
        return ownWords() + "\n" + lookedAt(upstream.message());
    }

    /** The output cap that a 402 names; null where the text names no number, or one below 1. */
    Integer affordableTokens() {
        Matcher afford = AFFORD.matcher(said());
        if (!afford.find()) {
            return null;
        }
        BigInteger tokens = new BigInteger(afford.group(1).replaceAll("\\D", ""));
        return tokens.signum() == 0 ? null : tokens.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private static String lookedAt(String text) {
        return text == null ? "" : text.substring(0, Math.min(text.length(), LOOKED_AT)).strip().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status that a code is or stands for; null where it is none. */
    private static Integer status(JsonNode code) {
        BigDecimal number = Json.number(code);
        if (number == null) {
            return code.isTextual() ? FailureTable.status(FailureTable.word(code.textValue())) : null;
        }
        int status = number.intValue();
        return status >= 400 && status <= 599 ? status : null;
    }
}
