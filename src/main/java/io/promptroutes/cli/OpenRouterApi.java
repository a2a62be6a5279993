package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.WallClock;
import io.promptroutes.pipeline.OpenRouterHttp;
import io.promptroutes.pipeline.Options;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** The small questions to OpenRouter that commands ask outside of routes, by the routes' own HTTP client. */
final class OpenRouterApi {

    private final String base;
    private final ApiKey key;
    private final Options.Service service;

    OpenRouterApi(Settings settings, ApiKey key) {
        this.base = settings.text("openrouter.base-url");
        this.key = key;
        this.service = new RouteSettings(settings, key).service();
    }

    /** @param body missing where it was no JSON */
    record Reply(int status, JsonNode body, byte[] bytes) {
    }

    /** @throws IOException with a message for people */
    Reply get(String path) throws IOException {
        HttpClientBuilder builder = HttpClientBuilder.create();
        try (WallClock wallClock = new WallClock(service.longestAnswer(), service.timeout())) {
            new OpenRouterHttp(key, service, wallClock, new OpenRouterHttp.Limits(1, service.connectTimeout(), service.timeout())).configureHttpClient(builder);
            try (CloseableHttpClient client = builder.build()) {
                return client.execute(new HttpGet(base + path), response -> {
                    byte[] bytes = response.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(response.getEntity());
                    return new Reply(response.getCode(), Json.tree(bytes), bytes);
                });
            }
        } catch (IOException e) {
            throw e.getMessage() != null ? e : new IOException(e.getClass().getSimpleName(), e);
        }
    }
}
