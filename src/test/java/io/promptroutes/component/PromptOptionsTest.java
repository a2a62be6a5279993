package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.app.Engines;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.prompt.Json;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of a step {@code prompt:}: what stops the start, and what they do to requests. */
@Timeout(60)
class PromptOptionsTest {

    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    @AutoClose
    private static final Engines ENGINES = StepsUnderTest.engines(SERVER, null, Map.of());
    @AutoClose
    private StepsUnderTest steps;

    @BeforeEach
    void forget() {
        SERVER.script();
    }

    private void start(Map<String, String> keys, String... addresses) throws Exception {
        steps = keys.isEmpty() ? StepsUnderTest.beside(ENGINES) : StepsUnderTest.of(SERVER, null, keys);
        steps.start(new RouteBuilder() {
            @Override
            public void configure() {
                for (int n = 0; n < addresses.length; n++) {
                    from("direct:" + n).to(addresses[n]);
                }
            }
        });
    }

    private JsonNode result(Object body) {
        Exchange answered = steps.send("0", body);
        assertThat(answered.getException()).isNull();
        return Json.tree(answered.getMessage().getBody(byte[].class));
    }

    private JsonNode sent() {
        return SERVER.calls().get(SERVER.calls().size() - 1).body();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "prompt:tickets?strategy=clever | prompt:tickets | clever",
        "prompt:tickets?budget=lavish | prompt:tickets | lavish",
        "prompt:tickets?quality=best | prompt:tickets | best",
        "prompt:tickets?complexity=hard | prompt:tickets | hard",
        "prompt:tickets?comparison=all | prompt:tickets | all",
        "prompt:tickets?task=cooking | prompt:tickets | cooking",
        "prompt:tickets?request=RAW([1]) | prompt:tickets | no JSON object",
        "prompt:tickets?request=RAW({) | prompt:tickets | no JSON object",
        "prompt:tickets?temperature=warm | prompt:tickets | warm",
        "prompt:tickets?maxTokens=many | prompt:tickets | many",
        "prompt:tickets?maxTokens=-1 | prompt:tickets | max_tokens",
        "prompt:tickets?serviceTier=cheap | prompt:tickets | service tier cheap is not one of default, flex, priority",
        "prompt:tickets?completeWithin=6h | prompt:tickets | complete_within: '6h' is not one of 24h",
        "prompt:tickets?maxCostCents=dear | prompt:tickets | dear",
        "prompt:tickets?tenantFrom=header | prompt:tickets | header/0 does not exist",
        "prompt:tickets?provider=nobody | nobody | no provider is called",
        "prompt:tickets?whenFull=maybe | prompt:tickets | whenFull",
        "prompt:tickets?window=-1 | prompt:tickets | at least 1",
        "prompt:tickets?nothing=1 | prompt:tickets | nothing",
        "prompt:Tickets | prompt:Tickets | lower case",
        "prompt:a_b | prompt:a_b | lower case",
    })
    void whatCannotBeUsedStopsTheStartAndNamesTheStep(String address, String step, String words) {
        assertThatThrownBy(() -> start(Map.of(), address)).satisfies(failure -> {
            StringBuilder all = new StringBuilder();
            for (Throwable one = failure; one != null; one = one.getCause()) {
                all.append(one.getMessage()).append('\n');
            }
            assertThat(all.toString()).contains(step).contains(words);
        });
    }

    @Test
    void stepsOfOneNameWithOtherOptionsStopTheStart() {
        assertThatThrownBy(() -> start(Map.of(), "prompt:tickets?model=a/b", "prompt:tickets?model=a/c"))
                .hasStackTraceContaining("two steps prompt:tickets have different options");
    }

    @Test
    void stepsOfOneNameWithTheSameOptionsAreOnePipeline() throws Exception {
        start(Map.of(), "prompt:twice?model=a/b&window=3", "prompt:twice?window=3&model=a/b");
        steps.send("0", "Hello");
        steps.send("1", "Hello");

        assertThat(steps.pipeline("twice").statistics().answered()).isEqualTo(2);
        assertThat(steps.engines().pipelines().stream().filter(one -> one.name().equals("twice"))).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"prompts.template=Sum up {{article}} | {\"article\":\"News\"}", "prompts.format=text | News", "prompts.format=openai "
        + "| {\"custom_id\":\"1\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"News\"}]}}"})
    void keysAboutInputStopNoStart(String key, String body) throws Exception {
        start(Map.of(key.substring(0, key.indexOf('=')), key.substring(key.indexOf('=') + 1)), "prompt:tickets?result=text");

        assertThat(steps.send("0", body).getMessage().getBody()).isEqualTo("Good.");
        assertThat(sent().at("/messages/0/content").asText()).endsWith("News");
    }

    @Test
    void requestOfAYamlFileArrivesAsItStands() throws Exception {
        steps = StepsUnderTest.beside(ENGINES);
        steps.yaml("""
                - route:
                    from:
                      uri: direct:0
                      steps:
                        - to:
                            uri: prompt:tickets
                            parameters:
                              request: '{"stop": ["1+1", "100 %20 & \\"so\\" =?ü"], "provider": {"sort": "price"}}'
                              model: openai/gpt-4.1-mini
                """);
        result("Why?");

        assertThat(sent().at("/stop/0").asText()).isEqualTo("1+1");
        assertThat(sent().at("/stop/1").asText()).isEqualTo("100 %20 & \"so\" =?ü");
        assertThat(sent().at("/provider/sort").asText()).isEqualTo("price");
        assertThat(sent().path("model").asText()).isEqualTo("openai/gpt-4.1-mini");
    }

    @Test
    void whatTheRequestSaysWinsOverThePipeline() throws Exception {
        start(Map.of(), "prompt:tickets?model=openai/gpt-4.1-mini&temperature=0.5&maxTokens=100&request=RAW({\"top_p\":0.5,\"stop\":[\"x\"]})");
        result("{\"prompt\":\"Why?\",\"temperature\":1,\"top_p\":0.25}");

        assertThat(sent().path("temperature").decimalValue()).isEqualByComparingTo("1");
        assertThat(sent().path("top_p").decimalValue()).isEqualByComparingTo("0.25");
        assertThat(sent().path("max_tokens").asInt()).isEqualTo(100);
        assertThat(sent().at("/stop/0").asText()).isEqualTo("x");
        assertThat(sent().path("model").asText()).isEqualTo("openai/gpt-4.1-mini");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "{\"prompt\":\"Why?\"} | a/first a/second",
        "{\"prompt\":\"Why?\",\"model\":\"b/own\"} | b/own",
        "{\"prompt\":\"Why?\",\"models\":[\"b/own\",\"b/other\"]} | b/own b/other",
    })
    void strategyModelAndModelsOfTheRequestReplaceThoseOfThePipelineTogether(String body, String called) throws Exception {
        start(Map.of("models.current.fallbacks", "", "fallback.free", "off"), "prompt:tickets?strategy=explicit&model=a/first&models=a/second");
        SERVER.scriptThen(Reply.error(404, "No endpoints found"));
        steps.send("0", body);

        assertThat(SERVER.modelsCalled()).containsExactly(called.split(" "));
    }

    @Test
    void tenantOfTheRequestPaysOnlyWhereAskedFor() throws Exception {
        start(Map.of(), "prompt:tickets?tenant=shop", "prompt:others?tenant=shop&tenantFrom=request");
        JsonNode ours = result("{\"prompt\":\"Why?\",\"tenant\":\"guest\"}");
        JsonNode theirs = Json.tree(steps.send("1", "{\"prompt\":\"Why?\",\"tenant\":\"guest\"}").getMessage().getBody(byte[].class));

        assertThat(ours.path("tenant").asText()).isEqualTo("shop");
        assertThat(ours.at("/routing/notes").toString()).contains("tenant");
        assertThat(theirs.path("tenant").asText()).isEqualTo("guest");
        assertThat(theirs.at("/routing/notes").toString()).doesNotContain("tenant");
    }
}
