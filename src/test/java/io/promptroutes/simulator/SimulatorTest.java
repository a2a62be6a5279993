package io.promptroutes.simulator;

import static io.promptroutes.simulator.SimulatorClient.json;
import static io.promptroutes.simulator.SimulatorClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SimulatorTest {

    @Test
    void answersAsOpenRouterDoesAndSaysThatItIsSimulated() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            HttpResponse<String> response = client.complete("acme/small");
            JsonNode body = json(response);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("X-Simulated")).hasValue("true");
            assertThat(response.headers().firstValue("X-Generation-Id")).hasValue(body.path("id").asText());
            assertThat(body.path("id").asText()).matches("gen-\\d{10}-[0-9A-Za-z]{20}");
            assertThat(body.path("simulated").asBoolean()).isTrue();
            assertThat(body.path("provider").asText()).isEqualTo("Simulated");
            assertThat(body.path("model").asText()).isEqualTo("acme/small");
            assertThat(body.at("/choices/0/message/content").asText()).startsWith("[simulated] ");
            assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");

            // "Why is the sky blue?" has 20 bytes
            assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
            BigDecimal cost = new BigDecimal("0.00000015").multiply(BigDecimal.valueOf(5))
                    .add(new BigDecimal("0.0000006").multiply(body.at("/usage/completion_tokens").decimalValue()));
            assertThat(body.at("/usage/cost").decimalValue()).isEqualByComparingTo(cost);
            assertThat(body.at("/usage/cost_details/upstream_inference_cost").decimalValue()).isEqualByComparingTo(cost);
            assertThat(body.at("/usage/is_byok").asBoolean(true)).isFalse();
        }
    }

    @Test
    void padsTheAnswerWhileItIsAwaited() throws Exception {
        try (SimulatorClient client = new SimulatorClient("latency=1100ms")) {
            String unit = "\n         \n";
            assertThat(client.complete("acme/small").body()).startsWith(unit.repeat(2)).contains("\n{\"id\"");

            client.simulator.configure(SimulatorClient.config("padding=false", "latency=2ms"));
            assertThat(client.complete("acme/small").body()).startsWith("{\"id\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "acme/small,          id,   acme/small",
        "acme/small,          slug, acme/small-20260101",
        "acme/small-20260101, id,   acme/small",
        "acme/small:nitro,    id,   acme/small",
        "~acme/latest,        id,   acme/small",
        "openrouter/auto,     id,   acme/small",
        "openrouter/free,     id,   acme/gift:free",
        "old/one,             id,   old/one",
    })
    void namesTheModelThatServed(String asked, String by, String served) throws Exception {
        try (SimulatorClient client = new SimulatorClient("served-model=" + by, "models.extra=old/one, old/two:free")) {
            assertThat(json(client.complete(asked)).path("model").asText()).isEqualTo(served);
        }
    }

    @Test
    void fallsBackToTheFirstOfTheModelsThatCanBeHad() throws Exception {
        try (SimulatorClient client = new SimulatorClient("models.missing=acme/odd")) {
            ObjectNode request = request("acme/odd", "Hello");
            request.putArray("models").add("no/such").add("acme/gift:free");
            JsonNode body = json(client.complete(request));

            assertThat(body.path("model").asText()).isEqualTo("acme/gift:free");
            assertThat(body.at("/usage/cost").decimalValue()).isEqualByComparingTo("0");
        }
    }

    @Test
    void answersTheSamePromptAlikeAndAnotherOneOtherwise() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            String text = json(client.complete("acme/small")).at("/choices/0/message/content").asText();
            assertThat(json(client.complete("acme/small")).at("/choices/0/message/content").asText()).isEqualTo(text);
            assertThat(json(client.complete(request("acme/small", "Hello"))).at("/choices/0/message/content").asText()).isNotEqualTo(text);
        }
    }

    @Test
    void cutsTheAnswerAtTheCap() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            JsonNode body = json(client.complete(request("acme/small", "Hello").put("max_tokens", 9)));

            assertThat(body.at("/choices/0/message/content").asText()).hasSize(36);
            assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(9);
            assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        }
    }

    @Test
    void answersInJsonWhenAsked() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            // prompts enough for every sentence to have its turn
            for (int i = 0; i < 10; i++) {
                ObjectNode request = request("acme/small", "Give me JSON " + i);
                request.putObject("response_format").put("type", "json_object");
                String content = json(client.complete(request)).at("/choices/0/message/content").asText();

                assertThatCode(() -> Json.MAPPER.readTree(content)).doesNotThrowAnyException();
                assertThat(Json.MAPPER.readTree(content).path("simulated").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void answersByTheSchemaWhereThereIsOne() throws Exception {
        JsonNode schema = Json.MAPPER.readTree("""
                {"type":"object","required":["name","age","tags","kind","home","more"],"additionalProperties":false,
                 "properties":{"name":{"type":"string","minLength":12},"age":{"type":["integer","null"],"minimum":18},"kind":{"enum":["b","c"]},
                  "tags":{"type":"array","items":{"type":"boolean"},"minItems":2},"home":{"anyOf":[{"$ref":"#/$defs/place"},{"type":"null"}]},
                  "more":{"const":7},"unasked":{"type":"string"}},
                 "$defs":{"place":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}}}""");
        try (SimulatorClient client = new SimulatorClient()) {
            ObjectNode request = request("acme/small", "Who?");
            request.putObject("response_format").put("type", "json_schema").putObject("json_schema").set("schema", schema);
            JsonNode given = Json.MAPPER.readTree(json(client.complete(request)).at("/choices/0/message/content").asText());

            assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema).validate(given)).isEmpty();
            assertThat(given.path("home").path("city").asText()).isEqualTo("simulated");
        }
    }

    @Test
    void listsItsModelsToAnybody() throws Exception {
        try (SimulatorClient client = new SimulatorClient("key=sk-right", "models.extra=old/one")) {
            JsonNode body = json(client.get("/models", "Bearer sk-wrong"));

            assertThat(body.path("simulated").asBoolean()).isTrue();
            assertThat(body.path("data").findValuesAsText("id")).contains("acme/small", "acme/gift:free", "old/one").hasSize(9);
            assertThat(body.at("/data/2/pricing/prompt").asText()).isEqualTo("0.00000015");
        }
    }

    @Test
    void knowsTheKeyAndWhatItHasSpent() throws Exception {
        try (SimulatorClient client = new SimulatorClient("credit=0.5")) {
            BigDecimal cost = json(client.complete("acme/odd")).at("/usage/cost").decimalValue();
            JsonNode key = client.read("/key");

            assertThat(key.at("/data/usage").decimalValue()).isEqualByComparingTo(cost);
            assertThat(key.at("/data/limit_remaining").decimalValue()).isEqualByComparingTo(new BigDecimal("0.5").subtract(cost));
            assertThat(key.path("simulated").asBoolean()).isTrue();

            client.simulator.configure(SimulatorClient.config());
            assertThat(client.read("/key").at("/data/limit_remaining").isNull()).isTrue();
        }
    }

    @Test
    void refusesPaidModelsWhenTheCreditIsSpent() throws Exception {
        try (SimulatorClient client = new SimulatorClient("credit=0.000001")) {
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(200);
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(402);
            assertThat(client.complete("acme/gift:free").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void tellsOfAGenerationAndOfNoOther() throws Exception {
        try (SimulatorClient client = new SimulatorClient()) {
            JsonNode answer = json(client.complete("acme/odd"));
            String path = "/generation?id=" + answer.path("id").asText();

            JsonNode data = client.read(path).path("data");
            assertThat(data.path("total_cost").decimalValue()).isEqualByComparingTo(answer.at("/usage/cost").decimalValue());
            assertThat(data.path("tokens_completion").asInt()).isEqualTo(answer.at("/usage/completion_tokens").asInt());
            assertThat(data.path("model").asText()).isEqualTo("acme/odd");
            assertThat(client.get("/generation?id=gen-1-x", "Bearer sk-test").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void repeatsItsFaultsForTheSameSeed() throws Exception {
        String[] settings = {"seed=42", "fault.rate-limited=30", "fault.server-error=30", "latency=0"};
        List<Integer> first;
        try (SimulatorClient client = new SimulatorClient(settings)) {
            first = statuses(client);
            client.simulator.configure(SimulatorClient.config(settings));
            assertThat(statuses(client)).isEqualTo(first);
        }
        assertThat(first).contains(200, 429, 502);
    }

    private static List<Integer> statuses(SimulatorClient client) throws IOException, InterruptedException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            statuses.add(client.complete("acme/small").statusCode());
        }
        return statuses;
    }
}
