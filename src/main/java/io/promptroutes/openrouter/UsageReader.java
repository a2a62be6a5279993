package io.promptroutes.openrouter;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.cost.Price;
import io.promptroutes.cost.Usage;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what a call used and cost, in the words of many servers: usage-words.properties. Stateless. */
final class UsageReader {

    private static final int DIGITS = 18;
    private static final BigDecimal MOST_TOKENS = BigDecimal.valueOf(Long.MAX_VALUE / 4);
    private static final String SPECIAL = "special.";

    private static final ResourceBundle BUNDLE = ResourceBundle.getBundle("usage-words", Locale.ROOT);
    private static final Map<String, List<JsonPointer>> WORDS = BUNDLE.keySet().stream().collect(Collectors.toUnmodifiableMap(Function.identity(),
            word -> Stream.of(BUNDLE.getString(word).split(" +")).map(JsonPointer::compile).toList()));

    private static final Map<String, Price.Kind> KINDS = WORDS.keySet().stream().filter(word -> word.startsWith(SPECIAL)).collect(
            Collectors.toUnmodifiableMap(Function.identity(), word -> Price.Kind.valueOf(word.substring(SPECIAL.length()).toUpperCase(Locale.ROOT))));

    private UsageReader() {
    }

    /** Null where neither tokens nor a cost are told. @param again the answer was given before, and is not counted anew */
    static Usage read(JsonNode root, boolean again) {
        JsonNode usage = usage(root);
        BigDecimal cost = cost(usage);
        if (cost == null && Stream.of("prompt", "completion", "total").flatMap(word -> numbers(usage, word)).findAny().isEmpty()) {
            return null;
        }
        boolean beside = !usage.has("prompt_tokens") && usage.has("input_tokens") && !usage.has("input_tokens_details");
        long in = first(usage, "prompt", () -> sum(usage, "prompt.parts")) + (beside ? sum(usage, "input_tokens.beside") : 0);
        long out = first(usage, "completion", () -> 0) + (usage.has("completion_tokens") ? 0 : sum(usage, "completion.beside"));
        long cached = first(usage, "cached", () -> 0);
        long written = first(usage, "cache-write", () -> 0);
        Map<Price.Kind, Long> special = new EnumMap<>(Price.Kind.class);
        for (Map.Entry<String, Price.Kind> word : KINDS.entrySet()) {
            long tokens = first(usage, word.getKey(), () -> 0);
            if (tokens > 0) {
                special.put(word.getValue(), tokens);
            }
        }
        boolean beyond = again || usage.path("is_byok").asBoolean() || cached + written > 0
                || WORDS.get("beyond").stream().map(usage::at).anyMatch(UsageReader::counts);
        return new Usage(in, out, first(usage, "reasoning", () -> 0), cached, written, first(usage, "total", () -> in + out), cost, special, beyond);
    }

    /** Missing where there is none. */
    private static JsonNode usage(JsonNode root) {
        for (JsonPointer place : WORDS.get("usage")) {
            JsonNode usage = root.at(place);
            if (usage.isObject()) {
                return usage;
            }
        }
        return MissingNode.getInstance();
    }

    /** With the caller's own key at the provider, {@code cost} is OpenRouter's fee alone; else it already holds the provider's part. */
    static BigDecimal cost(JsonNode usage) {
        BigDecimal told = first(usage, "cost");
        BigDecimal upstream = usage.path("is_byok").asBoolean() ? first(usage, "upstream") : null;
        BigDecimal sum = told == null ? upstream : upstream == null ? told : told.add(upstream);
        return sum == null ? null : sum.setScale(Math.max(0, Math.min(DIGITS, sum.scale())), RoundingMode.HALF_UP);
    }

    private static boolean counts(JsonNode node) {
        return node.isContainerNode() ? node.valueStream().anyMatch(UsageReader::counts) : node.asDouble() > 0;
    }

    private static long first(JsonNode usage, String word, LongSupplier otherwise) {
        BigDecimal number = first(usage, word);
        return number == null ? otherwise.getAsLong() : number.longValue();
    }

    /** Null where there is none. */
    private static BigDecimal first(JsonNode usage, String word) {
        for (JsonPointer place : WORDS.get(word)) {
            JsonNode node = usage.get(place.getMatchingProperty());
            BigDecimal number = node == null ? null : number(node.at(place.tail()));
            if (number != null) {
                return number;
            }
        }
        return null;
    }

    private static long sum(JsonNode usage, String word) {
        return numbers(usage, word).mapToLong(BigDecimal::longValue).sum();
    }

    private static Stream<BigDecimal> numbers(JsonNode usage, String word) {
        return WORDS.get(word).stream().map(usage::at).map(UsageReader::number).filter(Objects::nonNull);
    }

    /** Null for what is no number, below zero, or more than there can be of anything. */
    private static BigDecimal number(JsonNode node) {
        BigDecimal number = node.isMissingNode() ? null : Json.number(node);
        return number != null && number.signum() >= 0 && number.compareTo(MOST_TOKENS) <= 0 ? number : null;
    }
}
