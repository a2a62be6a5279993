package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.openrouter.ApiKey;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The small questions to OpenRouter that commands ask outside of routes. */
final class OpenRouterApi {

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String base;
    private final ApiKey key;

    OpenRouterApi(Settings settings, ApiKey key) {
        this.base = settings.text("openrouter.base-url");
        this.key = key;
    }

    /** @param body null where it was no JSON */
    record Reply(int status, JsonNode body, byte[] bytes) {
    }

    Reply get(String path) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        if (key.present()) {
            request.header("Authorization", key.authorization());
        }
        HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        JsonNode body = null;
        try {
            body = Json.MAPPER.readTree(response.body());
        } catch (IOException e) {
            // the status has to do
        }
        return new Reply(response.statusCode(), body, response.body());
    }
}
