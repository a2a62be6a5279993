package io.promptroutes;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The schemas in docs/schemas, which everything that the tests see published has to fit. Thread-safe. */
public enum Schemas {

    REQUEST, RESULT, COST_EVENT, DEAD_LETTER, ALERT;

    private final JsonSchema schema;

    Schemas() {
        try {
            JsonNode text = Json.MAPPER.readTree(Files.readAllBytes(Path.of("docs", "schemas", toString() + ".schema.json")));
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text,
                    SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
            schema.initializeValidators();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file's name without its ending. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    public Set<ValidationMessage> faults(JsonNode message) {
        return schema.validate(message);
    }

    /** Fails where it does not fit; returns it otherwise. */
    public JsonNode check(JsonNode message) {
        Set<ValidationMessage> faults = faults(message);
        if (!faults.isEmpty()) {
            throw new AssertionError("no " + this + " by docs/schemas: " + faults + "\n" + message);
        }
        return message;
    }
}
