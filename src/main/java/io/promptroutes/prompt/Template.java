package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A prompt with the names of fields in double braces, filled from one row at a time. */
record Template(String text) {

    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*([^{}]+?)\\s*}}");

    boolean uses(String field) {
        return FIELD.matcher(text).results().anyMatch(found -> found.group(1).equals(field));
    }

    /** The prompt for this row; braces in the row's values stay as they are. */
    String fill(Fields row) throws InvalidPrompt {
        StringBuilder prompt = new StringBuilder();
        Matcher field = FIELD.matcher(text);
        while (field.find()) {
            JsonNode value = row.get(field.group(1));
            if (value == null) {
                throw row.missing("no prompt, no messages, and no field '" + Fields.quote(field.group(1)) + "' for the template");
            }
            field.appendReplacement(prompt, Matcher.quoteReplacement(Fields.plain(value)));
        }
        return field.appendTail(prompt).toString();
    }
}
