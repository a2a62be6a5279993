package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Template;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.support.ResourceHelper;

/** Texts that options of a step {@code prompt:} name: templates and schemas. Stateless. */
final class StepTexts {

    private static final int LONGEST = 10_000_000;
    /** In a jq text: the field {@code text}, or the record as a whole. */
    private static final Pattern OF_TEXT = Pattern.compile("\\.\\s*(\\[\\s*)?\"?text\\b|\\\\\\(\\s*\\.\\s*[|)]");
    private static final String BOTH = ": it is a Mustache template by file:PATH or classpath:NAME, or a jq text in double quotes, such as \"Summarise \\(.title)\"";

    private StepTexts() {
    }

    /** @return null where there is none. @throws IllegalArgumentException where it is none; names the option */
    static Template template(CamelContext camel, String option, String value) {
        if (value == null) {
            return null;
        }
        if (value.strip().startsWith("\"")) {
            JqExpression expression = new JqExpression(option, value.strip());
            return new Template(record -> text(expression, record), OF_TEXT.matcher(value).find());
        }
        if (!value.startsWith("file:") && !value.startsWith("classpath:")) {
            throw new IllegalArgumentException("option " + option + " is " + value + BOTH);
        }
        String text = read(camel, option, value);
        try {
            return new Template(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option " + option + ", " + value + ": " + e.getMessage(), e);
        }
    }

    private static String text(JqExpression expression, JsonNode record) throws InvalidPrompt {
        try {
            String text = expression.text(record);
            return text == null ? "" : text;
        } catch (PromptFailed e) {
            throw new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, null, e.getMessage());
        }
    }

    /** What asks for an answer by this schema. @throws IllegalArgumentException where it is no JSON object; names the option */
    static ObjectNode responseFormat(CamelContext camel, String place) {
        if (!(Json.tree(read(camel, "schema", place).getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode schema)) {
            throw new IllegalArgumentException("option schema: " + place + " is no JSON object");
        }
        ObjectNode format = Json.MAPPER.createObjectNode().put("type", "json_schema");
        format.putObject("json_schema").put("name", "answer").put("strict", true).set("schema", schema);
        return format;
    }

    private static String read(CamelContext camel, String option, String place) {
        try (InputStream in = ResourceHelper.resolveMandatoryResourceAsInputStream(camel, place)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new IllegalArgumentException("option " + option + ": " + place + " has more than " + LONGEST + " bytes");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IOException e) {
            throw new IllegalArgumentException("option " + option + ": " + place + " cannot be read: " + e.getMessage(), e);
        }
    }
}
