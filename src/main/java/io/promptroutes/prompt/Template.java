package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A prompt with the names of fields in double braces, filled from one row at a time. Immutable. */
final class Template {

    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*([^{}]+?)\\s*}}");

    /** One more than fields: literal, field, literal, …, literal. */
    private final List<String> literals;
    private final List<String> fields;

    Template(String template) {
        List<String> between = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Matcher matcher = FIELD.matcher(template);
        int from = 0;
        while (matcher.find()) {
            between.add(template.substring(from, matcher.start()));
            names.add(matcher.group(1));
            from = matcher.end();
        }
        between.add(template.substring(from));
        literals = List.copyOf(between);
        fields = List.copyOf(names);
    }

    boolean uses(String field) {
        return fields.contains(field);
    }

    /** The prompt for this row; braces in the row's values stay as they are. */
    String fill(Fields row) throws InvalidPrompt {
        StringBuilder prompt = new StringBuilder(literals.get(0));
        for (int i = 0; i < fields.size(); i++) {
            JsonNode value = row.get(fields.get(i));
            if (value == null) {
                throw row.missing("no prompt, no messages, and no field '" + Fields.quote(fields.get(i)) + "' for the template");
            }
            prompt.append(value.isContainerNode() ? value.toString() : Fields.plain(value)).append(literals.get(i + 1));
        }
        return prompt.toString();
    }
}
