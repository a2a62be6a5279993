package io.promptroutes.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.model.Price;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads what a call used and cost, in the words of many servers: usage-words.properties. Stateless. */
final class UsageReader {

    private static final int DIGITS = 18;
    private static final BigDecimal MOST_TOKENS = BigDecimal.valueOf(Long.MAX_VALUE / 4);
    private static final String SPECIAL = "special.";

    /** Where below a member of the usage a word's number may be; of several places the one of the lowest rank counts. */
    private record Place(String word, int rank, JsonPointer below) {
    }

    /** A word's number, and the sum of those at all of its places. */
    private record Told(int rank, BigDecimal first, BigDecimal sum) {

        private Told and(Told other) {
            Told first = rank < other.rank ? this : other;
            return new Told(first.rank, first.first, sum.add(other.sum));
        }
    }

    private static final ResourceBundle BUNDLE = ResourceBundle.getBundle("io.promptroutes.usage-words", Locale.ROOT);
    private static final Map<String, List<JsonPointer>> WORDS = BUNDLE.keySet().stream().collect(Collectors.toUnmodifiableMap(Function.identity(),
            word -> Stream.of(BUNDLE.getString(word).split(" +")).map(JsonPointer::compile).toList()));

    /** By member: an answer has few of the members that any server may have, and is asked for each once. */
    private static final Map<String, List<Place>> PLACES = WORDS.entrySet().stream().flatMap(word -> IntStream.range(0, word.getValue().size())
                    .mapToObj(rank -> Map.entry(word.getValue().get(rank), new Place(word.getKey(), rank, word.getValue().get(rank).tail()))))
            .collect(Collectors.groupingBy(place -> place.getKey().getMatchingProperty(), Collectors.mapping(Map.Entry::getValue, Collectors.toList())));

    private static final Map<String, Price.Kind> KINDS = WORDS.keySet().stream().filter(word -> word.startsWith(SPECIAL)).collect(
            Collectors.toUnmodifiableMap(Function.identity(), word -> Price.Kind.valueOf(word.substring(SPECIAL.length()).toUpperCase(Locale.ROOT))));

    private UsageReader() {
    }

    /** Null where neither tokens nor a cost are told. @param again the answer was given before, and is not counted anew */
    static Usage read(JsonNode root, boolean again) {
        JsonNode usage = usage(root);
        Map<String, Told> told = told(usage);
        BigDecimal cost = cost(usage, told);
        if (cost == null && !told.containsKey("prompt") && !told.containsKey("completion") && !told.containsKey("total")) {
            return null;
        }
        boolean beside = !usage.has("prompt_tokens") && usage.has("input_tokens") && !usage.has("input_tokens_details");
        long in = (told.containsKey("prompt") ? first(told, "prompt") : sum(told, "prompt.parts")) + (beside ? sum(told, "input_tokens.beside") : 0);
        long out = first(told, "completion") + (usage.has("completion_tokens") ? 0 : sum(told, "completion.beside"));
        long cached = first(told, "cached");
        long written = first(told, "cache-write");
        Map<Price.Kind, Long> special = new EnumMap<>(Price.Kind.class);
        KINDS.forEach((word, kind) -> {
            if (first(told, word) > 0) {
                special.put(kind, first(told, word));
            }
        });
        boolean beyond = again || usage.path("is_byok").asBoolean() || cached + written > 0
                || WORDS.get("beyond").stream().map(usage::at).anyMatch(UsageReader::counts);
        return new Usage(in, out, first(told, "reasoning"), cached, written, told.containsKey("total") ? first(told, "total") : in + out, cost, special, beyond);
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

    /** The cost that a usage tells; null where it tells none. */
    static BigDecimal cost(JsonNode usage) {
        return cost(usage, told(usage));
    }

    /** With the caller's own key at the provider, {@code cost} is OpenRouter's fee alone; else it already holds the provider's part. */
    private static BigDecimal cost(JsonNode usage, Map<String, Told> words) {
        BigDecimal told = words.containsKey("cost") ? words.get("cost").first() : null;
        BigDecimal upstream = words.containsKey("upstream") && usage.path("is_byok").asBoolean() ? words.get("upstream").first() : null;
        BigDecimal sum = told == null ? upstream : upstream == null ? told : told.add(upstream);
        return sum == null ? null : sum.setScale(Math.max(0, Math.min(DIGITS, sum.scale())), RoundingMode.HALF_UP);
    }

    private static Map<String, Told> told(JsonNode usage) {
        Map<String, Told> told = new HashMap<>();
        for (Map.Entry<String, JsonNode> member : usage.properties()) {
            for (Place place : PLACES.getOrDefault(member.getKey(), List.of())) {
                BigDecimal number = number(member.getValue().at(place.below()));
                if (number != null) {
                    told.merge(place.word(), new Told(place.rank(), number, number), Told::and);
                }
            }
        }
        return told;
    }

    private static boolean counts(JsonNode node) {
        return node.isContainerNode() ? node.valueStream().anyMatch(UsageReader::counts) : node.asDouble() > 0;
    }

    private static long first(Map<String, Told> told, String word) {
        return told.containsKey(word) ? told.get(word).first().longValue() : 0;
    }

    private static long sum(Map<String, Told> told, String word) {
        return told.containsKey(word) ? told.get(word).sum().longValue() : 0;
    }

    /** Null for what is no number, below zero, or more than there can be of anything. */
    private static BigDecimal number(JsonNode node) {
        BigDecimal number = node.isMissingNode() ? null : Json.number(node);
        return number != null && number.signum() >= 0 && number.compareTo(MOST_TOKENS) <= 0 ? number : null;
    }
}
