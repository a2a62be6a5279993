package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads one request's fields by type and says what is wrong with them; a field that is null counts as not given. Immutable.
 *
 * @param id the request's id, for the error; null where it has none
 */
record Fields(ObjectNode node, String id) {

    private static final int LONGEST_NAME = 512;
    private static final int LONGEST_QUOTE = 41;

    /** The field's value, or null. */
    JsonNode get(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    /** The field's value, which must fit where there is one, or null. */
    JsonNode get(String field, String expected, Predicate<JsonNode> fits) throws InvalidPrompt {
        JsonNode value = get(field);
        require(value == null || fits.test(value), field, expected, value);
        return value;
    }

    String string(String field) throws InvalidPrompt {
        JsonNode value = get(field, "a string", JsonNode::isTextual);
        return value == null ? null : value.textValue();
    }

    /** A string that identifies something: not blank, one line, of a bearable length; null where there is none. */
    String name(String field) throws InvalidPrompt {
        String value = string(field);
        return value == null ? null : checkName(field, value);
    }

    /** Like {@link #name}, and a number becomes its digits. */
    String nameOrNumber(String field) throws InvalidPrompt {
        JsonNode value = get(field, "a string", given -> given.isTextual() || given.isNumber());
        return value == null ? null : checkName(field, Json.plain(value));
    }

    List<String> names(String field) throws InvalidPrompt {
        List<String> names = new ArrayList<>();
        JsonNode value = get(field, "an array of strings", JsonNode::isArray);
        if (value != null) {
            for (JsonNode element : value) {
                require(element.isTextual(), field, "an array of strings", value);
                names.add(checkName(field, element.textValue()));
            }
        }
        return List.copyOf(names);
    }

    boolean flag(String field, boolean otherwise) throws InvalidPrompt {
        JsonNode value = get(field, "true or false", JsonNode::isBoolean);
        return value == null ? otherwise : value.booleanValue();
    }

    /** @param aliases more words, in lower case, and what they stand for */
    <E extends Enum<E>> E choice(String field, Class<E> type, E otherwise, Map<String, String> aliases) throws InvalidPrompt {
        if (get(field) == null) {
            return otherwise;
        }
        List<String> words = Arrays.stream(type.getEnumConstants()).map(Enum::toString).toList();
        return Enum.valueOf(type, choice(field, words, null, aliases).toUpperCase(Locale.ROOT));
    }

    /** One of these words, in lower case. */
    String choice(String field, List<String> words, String otherwise, Map<String, String> aliases) throws InvalidPrompt {
        String given = string(field);
        if (given == null) {
            return otherwise;
        }
        String wanted = given.strip().toLowerCase(Locale.ROOT);
        String word = aliases.getOrDefault(wanted, wanted);
        if (words.contains(word)) {
            return word;
        }
        String also = aliases.isEmpty() ? "" : aliases.keySet().stream().sorted().collect(Collectors.joining(", ", " (or ", ")"));
        throw invalid(field + ": '" + quote(given) + "' is not one of " + String.join(", ", words) + also);
    }

    /** Passes where {@code fits}; otherwise says what the field must be and what it is. */
    void require(boolean fits, String field, String expected, JsonNode value) throws InvalidPrompt {
        if (!fits) {
            throw invalid(field + " must be " + expected + ", not " + describe(value));
        }
    }

    InvalidPrompt invalid(String message) {
        return new InvalidPrompt(InvalidPrompt.INVALID_FIELD, id, message);
    }

    InvalidPrompt missing(String message) {
        return new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, id, message);
    }

    /** A value for an error message: short, and in one line. */
    static String quote(String value) {
        return Shown.of(value, LONGEST_QUOTE);
    }

    private String checkName(String field, String value) throws InvalidPrompt {
        if (value.isBlank()) {
            throw invalid(field + " must not be blank");
        }
        if (value.length() > LONGEST_NAME) {
            throw invalid(field + " must not be longer than " + LONGEST_NAME + " characters");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw invalid(field + " must not have control characters in it");
        }
        return value;
    }

    private static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> value.isEmpty() ? "an empty array" : "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            default -> quote(Json.plain(value));
        };
    }
}
