package io.promptroutes.simulator;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.batch.BatchBill;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A running simulator whose batches take an hour of its own clock, and a client for it. */
final class BatchClient implements AutoCloseable {

    static final String MODEL = "acme/small";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final SimulatorClient client;
    final Simulator simulator;

    /** {@code key=value} without the prefix {@code simulator.}. */
    BatchClient(String... settings) {
        client = new SimulatorClient(with(settings));
        simulator = client.simulator;
    }

    /** A minute of validation, fifty of work, nine of finishing; no foreign batches. */
    static String[] with(String... settings) {
        List<String> all = new ArrayList<>(List.of("batch.validating=1m", "batch.in-progress=50m", "batch.finalizing=9m", "batch.foreign=0"));
        all.addAll(Arrays.asList(settings));
        return all.toArray(String[]::new);
    }

    static ObjectNode batch(String model, int lines) {
        ObjectNode batch = Json.MAPPER.createObjectNode().put("endpoint", "/v1/chat/completions").put("model", model);
        batch.putArray("requests");
        for (int i = 0; i < lines; i++) {
            line(batch, "n-" + i, "Prompt " + i);
        }
        return batch;
    }

    static ObjectNode line(ObjectNode batch, String id, String prompt) {
        ObjectNode body = batch.withArray("requests").addObject().put("custom_id", id).putObject("body");
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        return body.put("max_tokens", 1_000);
    }

    HttpResponse<String> submit(Object batch) throws IOException, InterruptedException {
        return send("POST", "/batches", batch.toString(), "Bearer sk-test");
    }

    /** @return the id of an accepted batch */
    String accepted(ObjectNode batch) throws IOException, InterruptedException {
        return SimulatorClient.json(submit(batch)).path("id").asText();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, null, "Bearer sk-test");
    }

    JsonNode read(String path) throws IOException, InterruptedException {
        return SimulatorClient.json(get(path));
    }

    HttpResponse<String> send(String method, String path, String body, String authorization) throws IOException, InterruptedException {
        return HTTP.send(request(method, path, body, authorization, Duration.ofSeconds(20)), BodyHandlers.ofString());
    }

    HttpRequest request(String method, String path, String body, String authorization, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(timeout)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    /** @param path behind the base, or from {@code /api/} on */
    URI uri(String path) {
        return path.startsWith("/api/") ? simulator.baseUrl().resolve(path) : client.uri(path);
    }

    /** A batch of so many lines, an hour later. */
    JsonNode done(String model, int lines) throws IOException, InterruptedException {
        return later(accepted(batch(model, lines)));
    }

    JsonNode later(String id) throws IOException, InterruptedException {
        simulator.advance(Duration.ofHours(1));
        return read("/batches/" + id);
    }

    BatchBill bill() {
        return simulator.batchBill();
    }

    void configure(String... settings) {
        simulator.configure(SimulatorClient.config(with(settings)));
    }

    void awaitBatches(int count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> bill().batches() == count);
    }

    @Override
    public void close() {
        client.close();
    }
}
