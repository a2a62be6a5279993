package io.promptroutes.openrouter;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.resource.DisallowSchemaLoader;
import io.promptroutes.prompt.Json;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges answers to requests whose {@code response_format} asks for JSON. Nothing that a schema refers to is ever fetched, from
 * nowhere. Thread-safe.
 */
public final class StructuredOutput {

    private static final Logger LOG = LoggerFactory.getLogger(StructuredOutput.class);
    private static final int SCHEMAS = 200;
    /** As many faults as a model can make use of. */
    private static final int TOLD = 5;
    private static final int LONGEST = 1_000;

    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(VersionFlag.V202012,
            builder -> builder.enableSchemaCache(false).schemaLoaders(loaders -> loaders.values(all -> all.add(0, DisallowSchemaLoader.getInstance()))));
    private final SchemaValidatorsConfig config = SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build();
    private final LoadingCache<JsonNode, Checker> checkers = Caffeine.newBuilder().maximumSize(SCHEMAS).build(this::checker);

    /** What there is of a schema. @param unusable why it cannot be checked by; null where it can */
    private record Checker(JsonSchema schema, String unusable) {
    }

    /** Why the answer is not what the request asks for, in words for the model; null where it is, or where no JSON is asked for. */
    public String fault(JsonNode request, Answer answer) {
        String type = request.path("response_format").path("type").asText();
        boolean asked = type.equals("json_object") || type.equals("json_schema");
        if (!asked || answer.refusal() != null || answer.toolCalls() != null) {
            return null;
        }
        if (answer.text().isBlank()) {
            return "it is empty";
        }
        JsonNode given;
        try {
            given = Json.MAPPER.readTree(answer.text());
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            return "it is not valid JSON" + (where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")");
        } catch (NumberFormatException e) {
            return "it is not valid JSON: a number's exponent is out of bounds";
        }
        JsonNode schema = schema(request);
        return schema == null || unusable(request) != null ? null : faults(checkers.get(schema).schema(), given);
    }

    /** Why answers to the request cannot be checked by its schema, only for being JSON; null where they can, or it has none. */
    public String unusable(JsonNode request) {
        JsonNode schema = schema(request);
        return schema == null ? null : checkers.get(schema).unusable();
    }

    private static JsonNode schema(JsonNode request) {
        JsonNode schema = request.path("response_format").path("json_schema").path("schema");
        return schema.isObject() ? schema : null;
    }

    private Checker checker(JsonNode node) {
        try {
            JsonSchema schema = factory.getSchema(node, config);
            schema.initializeValidators();
            return new Checker(schema, null);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.debug("a schema cannot be used: {}", e.getClass().getName()); // its message quotes the request
            return new Checker(null, "the schema of response_format cannot be used here, so that answers are only checked for being JSON");
        }
    }

    private static String faults(JsonSchema schema, JsonNode given) {
        try {
            String all = schema.validate(given).stream().limit(TOLD).map(fault -> fault.getMessage()).collect(Collectors.joining("; "));
            return all.isEmpty() ? null : all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "…";
        } catch (RuntimeException | StackOverflowError e) {
            LOG.debug("an answer cannot be checked: {}", e.getClass().getName()); // a reference that leads nowhere shows here
            return null;
        }
    }
}
