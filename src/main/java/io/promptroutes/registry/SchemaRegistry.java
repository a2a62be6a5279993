package io.promptroutes.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Writable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** How records are read, by the ids of their schemas, each of which is asked for once. Thread-safe. */
public final class SchemaRegistry {

    /** Of the texts of all schemas that are kept, about. */
    private static final int MOST_KEPT = 32 << 20;
    /** Of an entry without a text. */
    private static final int LEAST_WEIGHT = 1_000;
    private static final Duration FOR_EVER = Duration.ofDays(10_000);
    /** A schema that is not there may be registered. */
    private static final Duration ABSENT = Duration.ofMinutes(1);
    /** So that records which came together do not ask one after the other. */
    private static final Duration UNREACHABLE = Duration.ofSeconds(1);
    /** That one schema may refer to. */
    private static final int MOST_REFERENCES = 100;

    private final RegistryClient client;
    private final AsyncLoadingCache<Integer, Known> readers;

    /** What is known of a schema. */
    private record Known(RecordReader reader, int weight, Duration keep) {
    }

    /** @param threads on which the registry is asked */
    public SchemaRegistry(RegistryClient client, Executor threads) {
        this.client = client;
        readers = Caffeine.newBuilder().executor(Runnable::run).maximumWeight(MOST_KEPT).weigher((Integer id, Known known) -> known.weight())
                .expireAfter(Expiry.creating((Integer id, Known known) -> known.keep())).buildAsync((id, any) -> CompletableFuture.supplyAsync(() -> ask(id), threads));
    }

    /** How a record is read, done where its schema is known. It never fails: the reader does. */
    public CompletableFuture<RecordReader> reader(byte[] record) {
        try {
            return readers.get(WireFormat.id(record)).thenApply(Known::reader);
        } catch (PromptFailed e) {
            return CompletableFuture.completedFuture((bytes, most) -> {
                throw e;
            });
        }
    }

    private Known ask(int id) {
        try {
            JsonNode answer = client.schema(id);
            return answer == null ? new Known(failing("unknown_schema", "schema " + id + " is not in the registry " + client + ": name with option registry the one for "
                    + "which the record was written, or register the schema, and replay the dead letter", true), LEAST_WEIGHT, ABSENT) : known(id, answer);
        } catch (RegistryUnreachable e) {
            return new Known((record, most) -> {
                throw new RegistryUnreachable(e.getMessage());
            }, LEAST_WEIGHT, UNREACHABLE);
        }
    }

    private Known known(int id, JsonNode answer) throws RegistryUnreachable {
        String type = answer.path("schemaType").asText("AVRO");
        if (type.equals("JSON")) {
            return new Known(new JsonReader(), LEAST_WEIGHT, FOR_EVER);
        }
        if (!type.equals("AVRO")) {
            return new Known(failing("unsupported_schema", "schema " + id + " of the registry is of type " + Writable.cut(type, 50) + "; Avro and JSON Schema are read. "
                    + "Let such records be written as one of these, or converted before they come to this topic", false), LEAST_WEIGHT, FOR_EVER);
        }
        List<String> texts = new ArrayList<>();
        String why = collect(answer, texts, new HashSet<>());
        if (why == null) {
            try {
                return new Known(new AvroReader(texts), LEAST_WEIGHT + texts.stream().mapToInt(String::length).sum(), FOR_EVER);
            } catch (RuntimeException | StackOverflowError e) { // whatever a parser makes of a text of others
                why = "is no Avro schema that can be read: " + Writable.cut(String.valueOf(e.getMessage()), 200);
            }
        }
        return new Known(failing("unsupported_schema", "schema " + id + " of the registry " + why, false), LEAST_WEIGHT, ABSENT);
    }

    /** Puts the text of a schema behind those that it refers to. @return why that cannot be done; null where it is done */
    private String collect(JsonNode schema, List<String> texts, Set<String> seen) throws RegistryUnreachable {
        for (JsonNode reference : schema.path("references")) {
            String subject = reference.path("subject").asText();
            String version = reference.path("version").asText();
            if (!seen.add(version + " " + subject)) {
                continue;
            }
            if (seen.size() > MOST_REFERENCES) {
                return "refers to more than " + MOST_REFERENCES + " others";
            }
            JsonNode referred = client.version(subject, version);
            String why = referred == null ? "refers to version " + version + " of " + subject + ", which is not there" : collect(referred, texts, seen);
            if (why != null) {
                return why;
            }
        }
        texts.add(schema.path("schema").asText());
        return null;
    }

    private static RecordReader failing(String code, String message, boolean retryable) {
        return (record, most) -> {
            throw new PromptFailed(code, message, retryable, 0, null);
        };
    }
}
