package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline `http` as a process: a question is answered with a status that says whose it is to mend what is wrong. */
class HttpPipelineIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;
    private static Simulator simulator;
    private static Product.Running running;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "300ms", "simulator.models.missing", "acme/gone")));
        port = KafkaBroker.freePort();
        Files.writeString(folder.resolve("token"), "let-me-in");
        running = Product.in(folder.resolve("work")).calling(simulator).start("run", "-D", "pipelines=http", "-D", "http.port=" + port, "-D", "http.token=file:" + folder.resolve("token"), "-D", "management.port=",
                "-D", "prompts.concurrency=2", "-D", "prompts.window=4", "-D", "prompts.max-bytes=5000");
        await().atMost(Duration.ofSeconds(90)).until(() -> Files.readString(running.err()).contains("running"));
    }

    @AfterAll
    static void stop() {
        running.process().destroyForcibly();
        simulator.close();
    }

    private static HttpRequest.Builder question() {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/prompts")).timeout(Duration.ofSeconds(60)).header("Authorization", "Bearer let-me-in");
    }

    private static HttpResponse<String> ask(String type, String body) throws Exception {
        return HTTP.send(question().header("Content-Type", type).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    @Test
    void aRequestAndATextAreAnswered() throws Exception {
        HttpResponse<String> request = HTTP.send(question().header("Content-Type", "application/json").header("kafka.TOPIC", "mine").header("kafka.OFFSET", "3").header("X-Own", "1")
                .POST(BodyPublishers.ofString("{\"id\":\"q-1\",\"prompt\":\"Hello\"}")).build(), BodyHandlers.ofString());
        assertThat(request.statusCode()).isEqualTo(200);
        assertThat(request.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(request.headers().map().keySet()).noneMatch(name -> name.toLowerCase().matches("x-own|kafka.*|promptroutes.*|authorization"));
        JsonNode result = Json.MAPPER.readTree(request.body());
        Schemas.RESULT.check(result);
        assertThat(result.path("id").asText()).isEqualTo("q-1");
        assertThat(result.at("/source/topic").isMissingNode()).as("nobody says by headers where a question is from").isTrue();
        assertThat(Json.MAPPER.readTree(ask("text/plain", "Hello").body()).path("status").asText()).isEqualTo("success");
    }

    @Test
    void whatIsWrongHasAStatusOfItsOwn() throws Exception {
        HttpResponse<String> json = ask("application/json", "{\"promp");
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(Json.MAPPER.readTree(json.body()).at("/error/code").asText()).isEqualTo("invalid_json");
        assertThat(ask("application/json", "{\"prompt\":\"x\",\"budget\":\"much\"}").statusCode()).isEqualTo(400);
        assertThat(ask("application/json", "").statusCode()).isEqualTo(400);
        assertThat(ask("text/plain", "x".repeat(6_000)).statusCode()).isEqualTo(413);
        assertThat(ask("application/x-www-form-urlencoded", "prompt=x").statusCode()).isEqualTo(415);
        HttpResponse<String> dead = ask("application/json", "{\"prompt\":\"x\",\"max_cost_cents\":0.0000001,\"strategy\":\"fit\"}");
        assertThat(dead.statusCode()).as(dead.body()).isEqualTo(422);
        Schemas.DEAD_LETTER.check(Json.MAPPER.readTree(dead.body()));
        assertThat(HTTP.send(question().GET().build(), BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        assertThat(HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/prompts")).POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString())
                .statusCode()).isEqualTo(401);
    }

    @Test
    void whatFindsNoPlaceIsSentAwayAndToldWhenToComeAgain() {
        List<HttpResponse<String>> all = IntStream.range(0, 16).mapToObj(number -> CompletableFuture.supplyAsync(() -> {
            try {
                return ask("text/plain", "Number " + number);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        })).toList().stream().map(CompletableFuture::join).toList();
        assertThat(all).extracting(HttpResponse::statusCode).containsOnly(200, 503).contains(200, 503);
        assertThat(all).filteredOn(one -> one.statusCode() == 503).allSatisfy(one -> assertThat(one.headers().firstValue("Retry-After")).isPresent());
    }

    @Test
    void aPortThatOthersReachNeedsAToken() {
        assertThat(Product.in(folder.resolve("other")).calling(simulator).runHere("run", "-D", "pipelines=http", "-D", "http.host=0.0.0.0", "-D", "management.port=").with(2).err()).contains("key http.host", "http.token");
    }
}
