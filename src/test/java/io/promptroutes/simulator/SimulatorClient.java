package io.promptroutes.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A running simulator with three models of its own, and a client for it. */
final class SimulatorClient implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final Simulator simulator;

    SimulatorClient(String... settings) {
        simulator = Simulator.start(config(settings), Catalogue.load("/io/promptroutes/simulator/catalogue.json"));
    }

    /** {@code key=value} without the prefix; answers take 2 ms unless something else is said. */
    static SimulatorConfig config(String... settings) {
        Map<String, String> properties = new HashMap<>(Map.of("simulator.latency", "2ms"));
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            properties.put("simulator." + setting.substring(0, equals), setting.substring(equals + 1));
        }
        return Simulated.by(properties);
    }

    static ObjectNode request(String model, String prompt) {
        ObjectNode request = Json.MAPPER.createObjectNode().put("model", model).put("max_tokens", 1_000);
        request.putArray("messages").addObject().put("role", "user").put("content", prompt);
        return request;
    }

    HttpResponse<String> complete(String model) throws IOException, InterruptedException {
        return complete(request(model, "Why is the sky blue?"));
    }

    HttpResponse<String> complete(ObjectNode request) throws IOException, InterruptedException {
        return post(request.toString(), "Bearer sk-test");
    }

    HttpResponse<String> post(String body, String authorization) throws IOException, InterruptedException {
        return HTTP.send(completion(body, authorization), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String authorization) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    JsonNode read(String path) throws IOException, InterruptedException {
        return json(get(path, "Bearer sk-test"));
    }

    HttpRequest completion(String body, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/chat/completions"))
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    URI uri(String path) {
        return URI.create(simulator.baseUrl() + path);
    }

    static JsonNode json(HttpResponse<String> response) throws JsonProcessingException {
        return Json.MAPPER.readTree(response.body());
    }

    @Override
    public void close() {
        simulator.close();
    }
}
