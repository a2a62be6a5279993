package io.promptroutes.simulator;

import static io.promptroutes.simulator.SimulatorClient.json;
import static io.promptroutes.simulator.SimulatorClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 19 of what a simulator of batches has to do: service tiers of single calls. The model costs 0.15 and 0.60 USD per million tokens. */
@Timeout(60)
class TiersTest {

    private static final String BOTH = "tiers.flex=acme/small|tiers.priority=acme/small";

    @ParameterizedTest
    @CsvSource(delimiter = ';', nullValues = "-", value = {
        // what there is;                 model;            members of the request;                                        tier;     times the price
        BOTH + ";                         acme/small;       {};                                                            default;  1",
        BOTH + ";                         acme/small;       {'service_tier':'default'};                                    default;  1",
        BOTH + ";                         acme/small;       {'service_tier':'flex'};                                       flex;     0.5",
        BOTH + ";                         acme/small;       {'service_tier':'priority'};                                   priority; 2",
        BOTH + ";                         acme/small;       {'service_tier':'fast'};                                       priority; 2",
        BOTH + ";                         acme/small:floor; {};                                                            flex;     0.5",
        BOTH + ";                         acme/small:floor; {'service_tier':'default'};                                    default;  1",
        BOTH + ";                         acme/small:floor; {'provider':{'order':['acme']}};                               default;  1",
        BOTH + ";                         acme/small:nitro; {};                                                            priority; 2",
        BOTH + ";                         acme/small;       {'provider':{'sort':'price'}};                                 default;  1",
        BOTH + ";                         acme/small;       {'provider':{'only':['acme/flex']}};                           flex;     0.5",
        BOTH + ";                         acme/small;       {'provider':{'only':['acme']}};                                default;  1",
        BOTH + ";                         acme/small;       {'service_tier':'priority','provider':{'max_price':{'prompt':0.2}}}; default; 1",
        BOTH + ";                         acme/small:floor; {'provider':{'max_price':{'prompt':'0.1'}}};                   flex;     0.5",
        BOTH + "|tiers.flex-shed=100;     acme/small;       {'service_tier':'flex'};                                       default;  1",
        BOTH + "|tiers.flex-full=100;     acme/small:floor; {};                                                            default;  1",
        "tiers.flex=other/;               acme/small;       {'service_tier':'flex'};                                       -;        1",
        "tiers.flex=acme/|tiers.flex-price=0.25; acme/small; {'service_tier':'flex'};                                      flex;     0.25",
    })
    void serveAndBillAsTheRequestAndTheEndpointsSay(String settings, String model, String members, String tier, BigDecimal times) throws Exception {
        try (SimulatorClient client = new SimulatorClient(settings.split("\\|"))) {
            JsonNode body = json(client.complete(asked(model, members)));
            BigDecimal cost = times.multiply(new BigDecimal("0.00000015").multiply(body.at("/usage/prompt_tokens").decimalValue())
                    .add(new BigDecimal("0.0000006").multiply(body.at("/usage/completion_tokens").decimalValue())));

            assertThat(body.path("service_tier").asText()).isEqualTo(tier == null ? "null" : tier);
            assertThat(body.at("/usage/cost").decimalValue()).isEqualByComparingTo(cost);
            assertThat(client.simulator.bill().billedUsd()).isEqualByComparingTo(cost);
            assertThat(client.read("/generation?id=" + body.path("id").asText()).at("/data/service_tier").asText()).isEqualTo(tier == null ? "null" : tier);
        }
    }

    private static ObjectNode asked(String model, String members) throws Exception {
        ObjectNode request = request(model, "Hello");
        request.setAll((ObjectNode) Json.MAPPER.readTree(members.strip().replace('\'', '"')));
        return request;
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "acme/small;       {'provider':{'max_price':{'prompt':0.1}}};                        max_price",
        "acme/small;       {'provider':{'max_price':{'completion':'0.5'}}};                  max_price",
        "acme/small;       {'service_tier':'flex','provider':{'max_price':{'prompt':0.01}}}; max_price",
        "acme/small:floor; {'provider':{'max_price':{'prompt':0.01}}};                       max_price",
        "acme/small;       {'provider':{'only':['acme/slow']}};                              allowed_providers",
    })
    void areNotFoundWhereNoEndpointIsLeft(String model, String members, String why) throws Exception {
        try (SimulatorClient client = new SimulatorClient(BOTH.split("\\|"))) {
            HttpResponse<String> response = client.complete(asked(model, members));
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(json(response).at("/error/availability/code").asText()).isEqualTo("constraint_filtered");
            assertThat(json(response).at("/error/availability/excluded_by/0").asText()).isEqualTo(why);
        }
    }

    @Test
    void areFullNowAndThen() throws Exception {
        try (SimulatorClient client = new SimulatorClient("tiers.flex=acme/small", "tiers.flex-full=100", "retry-after=7")) {
            HttpResponse<String> response = client.complete(asked("acme/small", "{'service_tier':'flex'}"));
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
            assertThat(json(response).at("/error/availability/code").asText()).isEqualTo("capacity_exhausted");
            assertThat(json(response).at("/error/availability/retryable").asBoolean()).isTrue();
            assertThat(client.complete("acme/small").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void areListedWithTheirTags() throws Exception {
        try (SimulatorClient client = new SimulatorClient("tiers.flex=acme/small", "tiers.priority=acme/")) {
            JsonNode endpoints = client.read("/models/acme/small/endpoints").at("/data/endpoints");
            assertThat(endpoints).extracting(one -> one.path("tag").asText() + " " + one.at("/pricing/prompt").asText())
                    .containsExactly("acme 0.00000015", "acme/flex 0.000000075", "acme/priority 0.0000003");
            assertThat(client.read("/models/acme/odd/endpoints").at("/data/endpoints").findValuesAsText("tag")).containsExactly("acme", "acme/priority");
            assertThat(client.get("/models/acme/none/endpoints", "Bearer k").statusCode()).isEqualTo(404);
        }
    }
}
