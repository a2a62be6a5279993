package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import io.promptroutes.app.Engines;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.prompt.Json;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes into a step {@code prompt:}, and what goes on behind it. */
@Timeout(60)
class PromptStepTest {

    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    @AutoClose
    private static final Engines ENGINES = StepsUnderTest.engines(SERVER, null, Map.of());
    @AutoClose
    private StepsUnderTest steps;

    @BeforeEach
    void start() throws Exception {
        SERVER.script();
        steps = StepsUnderTest.beside(ENGINES).start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:result").to("prompt:tickets?model=openai/gpt-4.1-mini");
                from("direct:text").to("prompt:texts?model=openai/gpt-4.1-mini&result=text");
            }
        });
    }

    static Stream<Arguments> questions() {
        byte[] request = "{\"prompt\":\"Why?\",\"temperature\":0.25}".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                Arguments.of("text", "Why?", "0.3"),
                Arguments.of("text as bytes", "Why?".getBytes(StandardCharsets.UTF_8), "0.3"),
                Arguments.of("request", new String(request, StandardCharsets.UTF_8), "0.25"),
                Arguments.of("request as bytes", request, "0.25"),
                Arguments.of("stream", new ByteArrayInputStream(request), "0.25"),
                Arguments.of("reader", new StringReader("Why?"), "0.3"),
                Arguments.of("map", Map.of("prompt", "Why?", "temperature", 0.25), "0.25"),
                Arguments.of("node", Json.tree(request), "0.25"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("questions")
    void bodyOfAnyFormIsAskedAndTheResultIsTheBodyBehind(String form, Object body, String temperature) {
        Exchange answered = steps.send("result", body);

        assertThat(answered.getException()).isNull();
        JsonNode result = Schemas.RESULT.check(Json.tree(answered.getMessage().getBody(byte[].class)));
        assertThat(result.path("text").asText()).isEqualTo("Good.");
        assertThat(answered.getMessage().getBody()).isInstanceOf(String.class);
        JsonNode sent = SERVER.calls().get(0).body();
        assertThat(sent.at("/messages/0/content").asText()).isEqualTo("Why?");
        assertThat(sent.path("temperature").asText()).isEqualTo(temperature);
    }

    @Test
    void textOfTheAnswerIsTheBodyWhereAskedFor() {
        assertThat(steps.send("text", "Why?").getMessage().getBody()).isEqualTo("Good.");
    }

    @Test
    void whatABranchBehindMayAskIsInHeaders() {
        Exchange answered = steps.send("result", "{\"id\":\"t-1\",\"prompt\":\"Why?\",\"task\":\"code\"}", Map.of("mine", "stays", "PromptRoutesError", "old"));

        assertThat(answered.getMessage().getHeaders()).containsEntry("PromptRoutesId", "t-1").containsEntry("PromptRoutesTask", "code")
                .containsEntry("PromptRoutesModel", "openai/gpt-4.1-mini").containsEntry("PromptRoutesCostUsd", Reply.COST).containsEntry("PromptRoutesStatus", "success")
                .containsEntry("PromptRoutesFallbackLevel", "0").containsEntry("mine", "stays").doesNotContainKey("PromptRoutesError");
    }

    @Test
    void bodyThatIsNoTextIsRefusedWithItsKind() {
        Exchange failed = steps.send("result", new Object());

        assertThat(failed.getException()).hasMessageContaining("java.lang.Object").hasMessageContaining("convert it");
        assertThat(SERVER.calls()).isEmpty();
        assertThat(steps.pipeline("tickets").window().unfinished()).isZero();
    }

    @Test
    void noHeaderOfTheExchangeReachesTheProvider() {
        Exchange answered = steps.send("result", "Why?", Map.of("Authorization", "Bearer mine", "CamelHttpUri", "http://127.0.0.1:1/elsewhere", "CamelHttpMethod", "DELETE",
                "CamelHttpQuery", "a=b", "CamelHttpPath", "/other", "X-Trace", "mine", "Cookie", "mine", "X-Title", "mine"));

        assertThat(answered.getException()).isNull();
        ScriptedServer.Call call = SERVER.calls().get(0);
        assertThat(call.target()).isEqualTo("/api/v1/chat/completions");
        assertThat(call.header("Authorization")).isEqualTo("Bearer " + StepsUnderTest.KEY);
        assertThat(call.headers().toString()).doesNotContain("mine");
        assertThat(answered.getMessage().getHeaders()).as("they go on behind the step").containsEntry("X-Trace", "mine");
    }

    @Test
    void everyRecordThatCameInIsAccountedFor() {
        SERVER.script(Reply.answer(), Reply.error(400, "No such thing"), Reply.answer());
        steps.send("result", "One");
        steps.send("result", "{\"prompt\":\"Two\",\"model\":\"openai/gpt-4.1-mini\"}");
        steps.send("result", "{");

        var counted = steps.pipeline("tickets").statistics();
        assertThat(counted.taken()).isEqualTo(3);
        assertThat(counted.inFlight()).isZero();
        assertThat(counted.left()).isZero();
        assertThat(counted.answered() + counted.deadLetters()).isEqualTo(3);
        assertThat(counted.deadLetters()).isPositive();
    }
}
