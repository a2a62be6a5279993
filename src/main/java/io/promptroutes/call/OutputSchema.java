package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.SpecVersionDetector;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.DisallowSchemaLoader;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A schema of {@code response_format}, in JSON Schema's words or in OpenAPI's and Google's ({@code nullable}, types in capitals). Nothing
 * that it refers to is fetched, from nowhere. Thread-safe; a check belongs to one thread.
 */
record OutputSchema(JsonSchema schema) {

    static final int LARGEST = 1_000_000;
    private static final List<String> OF_THE_DOCUMENT = List.of("$schema", "$id", "$defs", "definitions");
    /** What no answer depends on, and what is written in many ways. */
    private static final Set<String> REMARKS = Set.of("title", "description", "default", "examples", "$comment", "format", "$id");
    /** As many faults as a model can make use of. */
    private static final int TOLD = 5;
    private static final int LONGEST = 1_000;
    private static final ThreadLocal<CheckLimit> LIMIT = new ThreadLocal<>();
    /** Loads the drafts' own schemas, out of its jar. */
    private static final JsonSchemaFactory DRAFTS = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).preloadJsonSchema(false)
            .regularExpressionFactory(regex -> {
                Pattern pattern = Pattern.compile(regex);
                return text -> pattern.matcher(LIMIT.get().watched(text)).find();
            }).build();

    /** Null where it is no schema of a known draft. Fails like {@link #faults}. */
    static OutputSchema of(JsonNode given, CheckLimit limit) {
        JsonNode node = prepared(given);
        if (!node.isObject()) {
            return null; // true says nothing, and nothing fits false
        }
        List<VersionFlag> drafts = node.has("$schema") ? SpecVersionDetector.detectOptionalVersion(node, false).stream().toList()
                : List.of(VersionFlag.V202012, VersionFlag.V4);
        for (VersionFlag draft : drafts) {
            JsonSchema rules = DRAFTS.getSchema(SchemaLocation.of(draft.getId()), CONFIG);
            if (messages(rules, node, limit).allMatch(fault -> REMARKS.contains(String.valueOf(fault.getInstanceLocation().getName(-1))))) {
                return new OutputSchema(JsonSchemaFactory.getInstance(draft, builder -> builder.enableSchemaCache(false)
                        .schemaLoaders(loaders -> loaders.values(all -> all.add(0, DisallowSchemaLoader.getInstance())))).getSchema(node, CONFIG));
            }
        }
        return null;
    }

    /**
     * In words for the model; null where there are none. Fails with a {@link RuntimeException} or {@link StackOverflowError} where it cannot
     * be told, {@link CheckLimit.Over} among them.
     */
    String faults(JsonNode answer, CheckLimit limit) {
        String all = messages(schema, answer, limit).limit(TOLD).map(ValidationMessage::getMessage).collect(Collectors.joining("; "));
        return all.isEmpty() ? null : all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "…";
    }

    private static Stream<ValidationMessage> messages(JsonSchema schema, JsonNode node, CheckLimit limit) {
        LIMIT.set(limit);
        Consumer<ExecutionContext> limited = context -> context.setExecutionConfig(limit);
        return schema.validate(node, limited).stream();
    }

    /** In JSON Schema's words: whatever may be a schema in it, too, but no value that an answer is compared with. */
    private static JsonNode prepared(JsonNode given) {
        if (given.isArray()) {
            return given.valueStream().map(OutputSchema::prepared).collect(Json.MAPPER::createArrayNode, ArrayNode::add, ArrayNode::addAll);
        }
        if (!given.isObject()) {
            return given;
        }
        ObjectNode schema = Json.MAPPER.createObjectNode();
        given.properties().forEach(member -> schema.set(member.getKey(), prepared(member.getKey(), member.getValue())));
        if (!schema.path("nullable").asBoolean() && !schema.path("x-nullable").asBoolean()) {
            return schema;
        }
        ObjectNode either = Json.MAPPER.createObjectNode();
        OF_THE_DOCUMENT.stream().filter(schema::has).forEach(name -> either.set(name, schema.remove(name)));
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    private static JsonNode prepared(String keyword, JsonNode value) {
        if (keyword.equals("type") && !value.isObject()) {
            return Json.tree(value.toString().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        }
        boolean compared = keyword.equals("const") || keyword.equals("enum") && value.isArray();
        return compared ? value : prepared(value);
    }
}
