package io.promptroutes.simulator;

import static io.promptroutes.simulator.BatchClient.MODEL;
import static io.promptroutes.simulator.BatchClient.batch;
import static io.promptroutes.simulator.SimulatorClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 1 to 4 and 13 of what a simulator of batches has to do: paths, key order, what is accepted, what is refused at once, replies that are lost. */
@Timeout(60)
class BatchSubmitTest {

    private static final String HEAD = "{\"endpoint\":\"/v1/chat/completions\",\"model\":\"acme/small\"";
    private static final String LINE = "{\"custom_id\":\"a\",\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}}";

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/batches", "/api/beta/batches"})
    void isAcceptedAndReadUnderBothPaths(String path) throws Exception {
        try (BatchClient client = new BatchClient()) {
            HttpResponse<String> accepted = client.send("POST", path, batch(MODEL, 2).toString(), "Bearer k");
            String id = json(accepted).path("id").asText();
            client.simulator.advance(Duration.ofHours(1));

            assertThat(accepted.statusCode()).isEqualTo(202);
            assertThat(client.read(path + "/" + id).path("results")).hasSize(2);
            assertThat(client.read(path + "/" + id + "/results").path("data")).hasSize(2);
            assertThat(client.read(path).path("data")).hasSize(1);
            assertThat(client.send("POST", path + "/" + id + "/cancel", "", "Bearer k"))
                    .satisfies(none -> assertThat(none.statusCode()).isEqualTo(404))
                    .satisfies(none -> assertThat(none.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain"));
            assertThat(client.send("DELETE", path + "/" + id, null, "Bearer k").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'beta,pages,delete',  GET,    /api/v1/batches,            text/html",
        "'beta,pages,delete',  POST,   /api/v1/batches,            text/html",
        "'v1,pages,delete',    GET,    /api/beta/batches,          text/html",
        "'v1,beta,delete',     GET,    /api/v1/batches/x/results,  text/html",
        "'v1,beta,pages',      DELETE, /api/v1/batches/x,          text/plain",
        "'v1,beta,pages,delete', GET,  /api/v1/batches/x,          application/json",
    })
    void isNotFoundWhereThePathIsSwitchedOff(String routes, String method, String path, String type) throws Exception {
        try (BatchClient client = new BatchClient("batch.routes=" + routes)) {
            HttpResponse<String> response = client.send(method, path, method.equals("POST") ? batch(MODEL, 1).toString() : null, "Bearer k");
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
        }
    }

    @Test
    void isAnObjectWithEveryNullableMember() throws Exception {
        try (BatchClient client = new BatchClient()) {
            JsonNode accepted = json(client.submit(batch(MODEL, 2)));
            assertThat(accepted.path("id").asText()).matches("batch-\\d{10}-[0-9a-f]{20}");
            assertThat(accepted.path("created_at").isInt()).isTrue();
            ((ObjectNode) accepted).remove(List.of("id", "created_at", "simulated"));
            assertThat(accepted).isEqualTo(Json.MAPPER.readTree("""
                    {"object": "batch", "endpoint": "/v1/chat/completions", "model": "acme/small-20260101", "status": "validating",
                     "completion_window": "24h", "finalized_at": null, "request_counts": {"total": 0, "completed": 0, "failed": 0},
                     "usage": null, "results": null, "error": null}
                    """));
        }
    }

    @ParameterizedTest
    @CsvSource({"canonical, acme/small, acme/small-20260101", "canonical, acme/small:batch, acme/small-20260101", "sent, acme/small, acme/small",
        "sent, acme/small:batch, acme/small:batch"})
    void namesItsModelAsItIsTold(String setting, String sent, String told) throws Exception {
        try (BatchClient client = new BatchClient("batch.served-model=" + setting)) {
            assertThat(json(client.submit(batch(sent, 1))).path("model").asText()).isEqualTo(told);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{                                                     | 400 | JSON",
        "[]                                                    | 400 | JSON",
        "HEAD}                                                 | 400 | requests",
        "{`requests`:[LINE]}                                   | 400 | before `requests`",
        "{`endpoint`:`/v1/chat/completions`,`requests`:[LINE]} | 400 | before `requests`",
        "{`model`:`acme/small`,`requests`:[LINE]}              | 400 | before `requests`",
        "HEAD,`requests`:[LINE],`completion_window`:`24h`}     | 400 | before `requests`",
        "HEAD,`requests`:[]}                                   | 400 | requests",
        "HEAD,`requests`:[{`body`:{}}]}                        | 400 | custom_id is required on requests[0].",
        "HEAD,`requests`:[{`custom_id`:7,`body`:{}}]}          | 400 | custom_id: Invalid input: expected string",
        "HEAD,`requests`:[{`custom_id`:`LONG`,`body`:{}}]}     | 400 | 64",
        "HEAD,`requests`:[{`custom_id`:`a`,`body`:{`model`:`acme/small:batch`}}]} | 400 | must match",
        "HEAD,`requests`:[LINE,LINE]}                          | 422 | Request at line 2 has a duplicate custom_id 'a'",
        "HEAD,`completion_window`:null,`requests`:[LINE]}      | 400 | completion_window",
        "HEAD,`provider`:null,`requests`:[LINE]}               | 400 | provider",
        "HEAD,`provider`:{`only`:[`acme`],`zdr`:true},`requests`:[LINE]} | 400 | provider",
        "HEAD,`provider`:{`only`:[`nobody`]},`requests`:[LINE]} | 404 | provider.only",
        "{`endpoint`:`/v1/chat`,`model`:`acme/small`,`requests`:[LINE]} | 400 | endpoint",
        "{`endpoint`:`/v1/chat/completions`,`model`:`acme/small:online`,`requests`:[LINE]} | 422 | :online",
        "{`endpoint`:`/v1/chat/completions`,`model`:`acme/odd`,`requests`:[LINE]} | 400 | Model 'acme/odd' does not have a :batch endpoint.",
        "{`endpoint`:`/v1/chat/completions`,`model`:`acme/none:batch`,`requests`:[LINE]} | 400 | does not have a :batch endpoint.",
    })
    void isRefusedAtOnce(String body, int status, String why) throws Exception {
        try (BatchClient client = new BatchClient()) {
            String sent = body.strip().replace("HEAD", HEAD).replace("LINE", LINE).replace('`', '"').replace("LONG", "x".repeat(65));
            HttpResponse<String> response = client.submit(sent);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(json(response).at("/error/message").asText()).contains(why);
            assertThat(json(response).at("/error/code").asInt()).isEqualTo(status);
            assertThat(client.bill()).satisfies(bill -> assertThat(bill.submissions()).isEqualTo(1)).satisfies(bill -> assertThat(bill.batches()).isZero());
        }
    }

    @Test
    void mayGoToOneProvider() throws Exception {
        try (BatchClient client = new BatchClient()) {
            String members = ",\"completion_window\":\"24h\",\"provider\":{\"only\":[\"acme\"],\"allow_fallbacks\":false},\"requests\":[";
            assertThat(client.submit(HEAD + members + LINE + "]}").statusCode()).isEqualTo(202);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "acme/small | code        | 400 | Model 'acme/small' does not have a :batch endpoint.",
        "*          | code        | 400 | Model 'acme/small' does not have a :batch endpoint.",
        "acme/small | prefix,code | 400 | HTTP 400: invalid batch inference job: Model 'acme/small' does not have a :batch endpoint.",
        "acme/small | -           | -   | Model 'acme/small' does not have a :batch endpoint.",
    })
    void isRefusedForModelsThatAreListedAllTheSame(String refused, String form, Integer code, String message) throws Exception {
        try (BatchClient client = new BatchClient("batch.refused=" + refused, "batch.refusal=" + (form == null ? "" : form))) {
            HttpResponse<String> response = client.submit(batch(MODEL, 1));
            JsonNode error = json(response).path("error");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(error.path("message").asText()).startsWith(message);
            assertThat(error.has("code") ? error.get("code").asInt() : null).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @CsvSource({"batch.most-lines=2, 413", "batch.most-bytes=100, 413", "key=sk-other, 401", "credit=0, 402", "batch.faults=submit.402:100, 402",
        "batch.faults=submit.403:100, 403", "batch.faults=submit.429:100, 429", "batch.faults=submit.500:100, 500", "batch.faults=submit.502:100, 502"})
    void isRefusedForSizeKeyAndAccount(String setting, int status) throws Exception {
        try (BatchClient client = new BatchClient(setting)) {
            assertThat(client.submit(batch(MODEL, 3)).statusCode()).isEqualTo(status);
            assertThat(client.bill().batches()).isZero();
        }
    }

    @Test
    void takesFiveThousandLinesAndNoMore() throws Exception {
        try (BatchClient client = new BatchClient()) {
            assertThat(client.submit(batch(MODEL, 5_000)).statusCode()).isEqualTo(202);
            assertThat(client.submit(batch(MODEL, 5_001)).statusCode()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @CsvSource({"reset-committed, 1", "silent-committed, 1", "reset, 0"})
    void mayBeThereThoughTheReplyIsLost(String fault, int batches) {
        try (BatchClient client = new BatchClient("batch.faults=submit." + fault + ":100")) {
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(
                    client.request("POST", "/batches", batch(MODEL, 1).toString(), "Bearer k", Duration.ofSeconds(2)), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(client.bill().batches()).isEqualTo(batches);
        }
    }

    @Test
    void isBoughtAgainWhereItIsSentAgainAfterALostReply() throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=submit.502-committed:100", "record=true")) {
            assertThat(client.submit(batch(MODEL, 1)).statusCode()).isEqualTo(502);
            client.configure("record=true");
            assertThat(client.submit(batch(MODEL, 1)).statusCode()).isEqualTo(202);
            client.simulator.advance(Duration.ofHours(1));

            assertThat(client.bill().byPrompt().values()).singleElement().satisfies(twice -> {
                assertThat(twice.calls()).isEqualTo(2);
                assertThat(twice.billed()).isEqualTo(2);
            });
            assertThat(client.read("/batches").path("data")).hasSize(2);
        }
    }
}
