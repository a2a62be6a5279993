import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Properties;

/** What one record takes in every row that is not the product: its request, the call, its result; and the same Kafka properties for all. */
final class Enrich {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Enrich() {
    }

    /** The result of a prompt, after one blocking call. */
    static byte[] call(URI chats, byte[] prompt) {
        HttpRequest request = HttpRequest.newBuilder(chats).header("Content-Type", "application/json").header("Authorization", "Bearer k")
                .POST(BodyPublishers.ofByteArray(request(prompt))).build();
        try {
            return result(prompt, CLIENT.send(request, BodyHandlers.ofByteArray()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static byte[] request(byte[] prompt) {
        try {
            ObjectNode body = MAPPER.createObjectNode();
            body.put("model", "openai/gpt-4.1-mini");
            body.putArray("messages").addObject().put("role", "user").put("content", MAPPER.readTree(prompt).get("prompt").textValue());
            body.put("temperature", 0.7);
            body.put("max_tokens", 1000);
            return MAPPER.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] result(byte[] prompt, byte[] answer) {
        try {
            JsonNode read = MAPPER.readTree(answer);
            ObjectNode result = MAPPER.createObjectNode();
            result.set("id", MAPPER.readTree(prompt).get("id"));
            result.set("text", read.get("choices").get(0).get("message").get("content"));
            result.set("usage", read.get("usage"));
            result.set("cost_usd", read.get("usage").get("cost"));
            return MAPPER.writeValueAsBytes(result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Properties consumer(String brokers, String group) {
        return properties(Map.of("bootstrap.servers", brokers, "group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false",
                "key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer"));
    }

    static Properties producer(String brokers) {
        return properties(Map.of("bootstrap.servers", brokers, "acks", "all",
                "key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer",
                "value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer"));
    }

    private static Properties properties(Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        return properties;
    }
}
