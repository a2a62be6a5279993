package io.promptroutes.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The table of endpoints. Reading blocks; changes are durable when their future is done. Thread-safe. */
public final class Providers {

    private final Database database;
    private final Writer writer;

    Providers(Database database, Writer writer) {
        this.database = database;
        this.writer = writer;
    }

    /** Puts it in, or replaces the one of its id. One that is the default takes that from the others. */
    public CompletableFuture<Void> add(Provider provider) {
        JsonNode configuration = Json.MAPPER.valueToTree(new TreeMap<>(provider.configuration()));
        return writer.submit((tx, now) -> {
            if (provider.isDefault()) {
                tx.update("UPDATE llm_providers SET is_default = FALSE WHERE is_default = TRUE");
            }
            tx.update("DELETE FROM llm_providers WHERE provider_id = ?", provider.id());
            tx.update("INSERT INTO llm_providers (provider_id, name, provider_type, api_endpoint, configuration, is_active, is_default)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?)", provider.id(), provider.name(), provider.type(), provider.endpoint(),
                    configuration.toString(), provider.active(), provider.isDefault());
            return null;
        });
    }

    /** By id. */
    public List<Provider> list() {
        return database.read(tx -> tx.list("SELECT provider_id, name, provider_type, api_endpoint, configuration, is_active, is_default"
                + " FROM llm_providers ORDER BY provider_id", Providers::row));
    }

    /** The one that is used: active and the default. */
    public Optional<Provider> used() {
        return list().stream().filter(provider -> provider.active() && provider.isDefault()).findFirst();
    }

    /** Makes it the one that is used. False where there is none of that id; then nothing changes. */
    public CompletableFuture<Boolean> use(String id) {
        return writer.submit((tx, now) -> tx.update("UPDATE llm_providers SET is_default = (provider_id = ?), is_active = (is_active OR provider_id = ?)"
                + " WHERE EXISTS (SELECT 1 FROM llm_providers WHERE provider_id = ?)", id, id, id) > 0);
    }

    /** False where there is none of that id. */
    public CompletableFuture<Boolean> remove(String id) {
        return writer.submit((tx, now) -> tx.update("DELETE FROM llm_providers WHERE provider_id = ?", id) > 0);
    }

    private static Provider row(ResultSet row) throws SQLException {
        try {
            return new Provider(row.getString("provider_id"), row.getString("name"), row.getString("provider_type"), row.getString("api_endpoint"),
                    Json.MAPPER.readValue(row.getString("configuration"), new TypeReference<Map<String, String>>() { }),
                    row.getBoolean("is_active"), row.getBoolean("is_default"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the configuration of provider " + row.getString("provider_id") + " is not a JSON object of strings");
        }
    }
}
