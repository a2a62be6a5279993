package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads one request's fields by type and says what is wrong with them; a field that is null counts as not given. For one thread. */
final class Fields {

    private static final int LONGEST_NAME = 512;
    private static final int LONGEST_QUOTE = 40;

    private final ObjectNode node;
    private final String id;

    /** @param id the request's id for the error, or null */
    Fields(ObjectNode node, String id) {
        this.node = node;
        this.id = id;
    }

    /** The request's id, or null. */
    String id() {
        return id;
    }

    ObjectNode all() {
        return node;
    }

    /** The field's value, or null. */
    JsonNode get(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    String string(String field) throws InvalidPrompt {
        JsonNode value = get(field);
        require(value == null || value.isTextual(), field, "a string", value);
        return value == null ? null : value.textValue();
    }

    /** A string that identifies something: not blank, one line, of a bearable length; null where there is none. */
    String name(String field) throws InvalidPrompt {
        String value = string(field);
        return value == null ? null : checkName(field, value);
    }

    /** Like {@link #name}, and a number becomes its digits. */
    String nameOrNumber(String field) throws InvalidPrompt {
        JsonNode value = get(field);
        require(value == null || value.isTextual() || value.isNumber(), field, "a string", value);
        return value == null ? null : checkName(field, plain(value));
    }

    List<String> names(String field) throws InvalidPrompt {
        JsonNode value = get(field);
        if (value == null) {
            return List.of();
        }
        require(value.isArray(), field, "an array of strings", value);
        List<String> names = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            require(element.isTextual(), field, "an array of strings", value);
            names.add(checkName(field, element.textValue()));
        }
        return List.copyOf(names);
    }

    boolean flag(String field, boolean otherwise) throws InvalidPrompt {
        JsonNode value = get(field);
        require(value == null || value.isBoolean(), field, "true or false", value);
        return value == null ? otherwise : value.booleanValue();
    }

    BigDecimal positive(String field) throws InvalidPrompt {
        JsonNode value = get(field);
        require(value == null || value.isNumber() && value.decimalValue().signum() > 0, field, "a number above 0", value);
        return value == null ? null : value.decimalValue();
    }

    ObjectNode object(String field) throws InvalidPrompt {
        JsonNode value = get(field);
        require(value == null || value.isObject(), field, "an object", value);
        return (ObjectNode) value;
    }

    <E extends Enum<E>> E choice(String field, Class<E> type, E otherwise, Map<String, E> aliases) throws InvalidPrompt {
        String given = string(field);
        if (given == null) {
            return otherwise;
        }
        String wanted = given.strip().toLowerCase(Locale.ROOT);
        for (E value : type.getEnumConstants()) {
            if (value.toString().equals(wanted) || value == aliases.get(wanted)) {
                return value;
            }
        }
        String allowed = Arrays.stream(type.getEnumConstants()).map(Enum::toString).collect(Collectors.joining(", "));
        String also = aliases.isEmpty() ? "" : aliases.keySet().stream().sorted().collect(Collectors.joining(", ", " (or ", ")"));
        throw invalid(field + ": '" + quote(given) + "' is not one of " + allowed + also);
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
        String shown = value.length() <= LONGEST_QUOTE ? value : value.substring(0, LONGEST_QUOTE) + "…";
        return shown.replaceAll("\\p{Cntrl}", " ");
    }

    /** A scalar's text with a number's digits as they are, without an exponent. */
    static String plain(JsonNode scalar) {
        return scalar.isBigDecimal() ? scalar.decimalValue().toPlainString() : scalar.asText();
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
        if (value == null) {
            return "missing";
        }
        return switch (value.getNodeType()) {
            case ARRAY -> value.isEmpty() ? "an empty array" : "an array";
            case OBJECT -> "an object";
            case NUMBER -> quote(plain(value));
            case BOOLEAN -> value.asText();
            default -> "a string";
        };
    }
}
