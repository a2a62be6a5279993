package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.promptroutes.process.Product.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies while an answer is checked has paid for it, and the next one checks it again. */
class CheckKillIT {

    private static final String LINE = """
            {"id":"p","prompt":"Who?","model":"openai/gpt-4.1-mini","response_format":{"type":"json_schema","json_schema":{"schema":%s}}}
            """;
    private static final String ENDLESS = "{\"type\":\"object\",\"properties\":{\"a\":{\"pattern\":\"^(a*)*b\\\\1$\"}}}";

    @TempDir
    private Path folder;
    private final AtomicInteger calls = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            boolean chat = exchange.getRequestURI().getPath().endsWith("/chat/completions");
            exchange.getRequestBody().readAllBytes();
            String text = "Sure: {\\\"a\\\":\\\"" + "a".repeat(60) + "!\\\"}";
            calls.addAndGet(chat ? 1 : 0);
            byte[] body = (chat ? "{\"id\":\"gen-1\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"" + text + "\"}}],"
                    + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":70,\"cost\":0.0001}}" : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(chat ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void itIsNotPaidAgain() throws Exception {
        Product product = Product.in(folder).with("OPENROUTER_BASE_URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/api/v1")
                .with("OPENROUTER_API_KEY", Product.KEY).file("prompts.jsonl", LINE.formatted(ENDLESS));
        Running running = product.start("batch", "prompts.jsonl", "--out", "out");
        await().atMost(Duration.ofSeconds(60)).until(() -> calls.get() == 1);
        await().pollDelay(Duration.ofMillis(1500)).until(() -> true); // it is checked for five seconds
        running.process().destroyForcibly().waitFor();

        product.run("batch", "prompts.jsonl", "--out", "out").with(0);

        assertThat(calls).hasValue(1);
        JsonNode result = Outputs.of(folder.resolve("out")).results().get(0);
        assertThat(result.path("text").asText()).startsWith("{\"a\":\"aaa");
        assertThat(result.at("/routing/notes").toString()).contains("takes longer", "taken out");
        assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo("0.0001");
    }
}
