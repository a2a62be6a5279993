package io.promptroutes.simulator;

import static io.promptroutes.simulator.BatchClient.MODEL;
import static io.promptroutes.simulator.BatchClient.batch;
import static io.promptroutes.simulator.BatchClient.line;
import static io.promptroutes.simulator.SimulatorClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows 5 to 7, 11 and 16 of what a simulator of batches has to do: how a batch goes on and ends by the simulator's clock. */
@Timeout(60)
class BatchStatesTest {

    @Test
    void goesFromStateToStateAsTimePasses() throws Exception {
        try (BatchClient client = new BatchClient()) {
            String id = client.accepted(batch(MODEL, 100));
            assertThat(status(client, id)).isEqualTo("validating 0 0 0");
            client.simulator.advance(Duration.ofMinutes(26));
            assertThat(status(client, id)).isEqualTo("in_progress 100 50 0");
            client.simulator.advance(Duration.ofMinutes(26));
            assertThat(status(client, id)).isEqualTo("finalizing 100 100 0");
            assertThat(client.read("/batches/" + id).path("finalized_at").isNull()).isTrue();
            client.simulator.advance(Duration.ofMinutes(9));
            assertThat(status(client, id)).isEqualTo("completed 100 100 0");
            JsonNode batch = client.read("/batches/" + id);
            assertThat(batch.path("finalized_at").asLong() - batch.path("created_at").asLong()).isEqualTo(3_600);
        }
    }

    private static String status(BatchClient client, String id) throws Exception {
        JsonNode batch = client.read("/batches/" + id);
        JsonNode counts = batch.path("request_counts");
        return batch.path("status").asText() + " " + counts.path("total") + " " + counts.path("completed") + " " + counts.path("failed");
    }

    @Test
    void isSeenInNoStateThatTakesNoTime() throws Exception {
        try (BatchClient client = new BatchClient("batch.validating=0s", "batch.in-progress=0s", "batch.finalizing=0s")) {
            assertThat(json(client.submit(batch(MODEL, 1))).path("status").asText()).isEqualTo("completed");
        }
    }

    @Test
    void hasAStatusThatNobodyKnowsOnce() throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=batch.odd-status:100")) {
            String id = client.accepted(batch(MODEL, 1));
            client.simulator.advance(Duration.ofMinutes(5));
            assertThat(client.read("/batches/" + id).path("status").asText()).isEqualTo("reviewing");
            assertThat(client.read("/batches/" + id).path("status").asText()).isEqualTo("in_progress");
        }
    }

    @ParameterizedTest
    @CsvSource({"acme/small, 24", "google/odd, 96"})
    void expiresWhenItsWindowIsOver(String model, int hours) throws Exception {
        try (BatchClient client = new BatchClient("batch.in-progress=5d", "models.extra=google/odd:batch")) {
            String id = client.accepted(batch(model, 2));
            client.simulator.advance(Duration.ofHours(hours).minusMinutes(1));
            assertThat(client.read("/batches/" + id).path("status").asText()).isEqualTo("in_progress");
            client.simulator.advance(Duration.ofMinutes(2));
            assertThat(client.read("/batches/" + id).path("status").asText()).isEqualTo("expired");
        }
    }

    @ParameterizedTest
    @CsvSource({"none, 0, 0", "partial, 5, 5", "billed, 0, 5"})
    void leavesNothingOrHalfOfItsLinesWhenItExpires(String mode, int told, int billed) throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=batch.expired:100", "batch.expired=" + mode)) {
            String id = client.accepted(batch(MODEL, 10));
            client.simulator.advance(Duration.ofHours(25));
            JsonNode batch = client.read("/batches/" + id);

            assertThat(batch.path("status").asText()).isEqualTo("expired");
            assertThat(batch.path("results").isNull()).isEqualTo(told == 0);
            assertThat(batch.path("results")).hasSize(told);
            assertThat(batch.path("usage").isNull()).isEqualTo(told == 0);
            assertThat(client.read("/batches/" + id + "/results").path("data")).hasSize(told);
            assertThat(client.bill().billedLines()).isEqualTo(billed);
            assertThat(client.bill().billedUsd().signum()).isEqualTo(Integer.signum(billed));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "acme/small | {'stream':true}                                   | stream",
        "acme/small | {'speed':'fast'}                                  | speed",
        "acme/small | {'messages':[]}                                   | messages",
        "acme/small | {'max_tokens':0}                                  | max_tokens",
        "acme/small | {'max_tokens':200000}                             | context",
        "acme/small | {'modalities':['image']}                          | modalities",
        "acme/small | {'plugins':[{'id':'web'}]}                        | web plugin",
        "acme/small | {'web_search_options':{}}                         | web_search_options",
        "acme/small | {'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,AA'}}]}]} | base64",
        "acme/small | {'messages':[{'role':'user','content':[{'type':'input_audio','input_audio':{}}]}]} | input_audio",
        "google/odd | {'response_format':{'type':'json_object'}}        | response_format",
        "acme/small | {'stop':'BAD'}                                    | told to refuse",
    })
    void failsAsAWholeForOneLine(String model, String member, String why) throws Exception {
        try (BatchClient client = new BatchClient("models.extra=google/odd:batch", "batch.bad-text=BAD")) {
            ObjectNode batch = batch(model, 2);
            line(batch, "bad-one", "Hello").setAll((ObjectNode) Json.MAPPER.readTree(member.replace('\'', '"')));
            String id = client.accepted(batch);
            assertThat(client.read("/batches/" + id).path("status").asText()).isEqualTo("validating");

            JsonNode failed = client.later(id);
            assertThat(failed.path("status").asText()).isEqualTo("failed");
            assertThat(failed.at("/error/message").asText()).contains("'bad-one'", why);
            assertThat(failed.path("finalized_at").asLong() - failed.path("created_at").asLong()).isEqualTo(60);
            assertThat(failed.at("/request_counts/failed").asInt()).isEqualTo(3);
            assertThat(failed.at("/request_counts/total").asInt()).isEqualTo(3);
            assertThat(failed.path("results").isNull()).isTrue();
            assertThat(client.bill().billedLines()).isZero();
        }
    }

    @Test
    void failsByTheDiceAndNamesOneOfItsLines() throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=batch.failed:100")) {
            assertThat(client.done(MODEL, 3).at("/error/message").asText()).containsPattern("'n-[012]'");
        }
    }

    @Test
    void failsForTheQuotaUntilOthersHaveEnded() throws Exception {
        try (BatchClient client = new BatchClient("batch.quota=1")) {
            client.accepted(batch(MODEL, 1));
            String second = client.accepted(batch(MODEL, 1));
            JsonNode failed = client.later(second);
            assertThat(failed.path("status").asText()).isEqualTo("failed");
            assertThat(failed.at("/error/message").asText()).contains("job-submission-count").endsWith("in use: 1, quota: 1");
            assertThat(client.done(MODEL, 1).path("status").asText()).isEqualTo("completed");
        }
    }

    @Test
    void isNotFoundAndNotListedForAWhile() throws Exception {
        try (BatchClient client = new BatchClient("batch.lag=30s", "batch.list-lag=60s")) {
            String id = client.accepted(batch(MODEL, 1));
            HttpResponse<String> missing = client.get("/batches/" + id);
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(json(missing).at("/error/message").asText()).startsWith("Batch job " + id + " not found.");
            client.simulator.advance(Duration.ofSeconds(31));
            assertThat(client.get("/batches/" + id).statusCode()).isEqualTo(200);
            assertThat(client.read("/batches").path("data")).isEmpty();
            client.simulator.advance(Duration.ofSeconds(30));
            assertThat(client.read("/batches").path("data")).hasSize(1);
        }
    }

    @Test
    void isGoneAfterThirtyDays() throws Exception {
        try (BatchClient client = new BatchClient()) {
            String id = client.done(MODEL, 1).path("id").asText();
            client.simulator.advance(Duration.ofDays(30));
            assertThat(client.get("/batches/" + id).statusCode()).isEqualTo(410);
            assertThat(client.get("/batches/" + id + "/results").statusCode()).isEqualTo(410);
        }
    }

    @Test
    void goesByAClockThatACallCanPutForward() throws Exception {
        try (BatchClient client = new BatchClient()) {
            Instant before = Instant.parse(client.read("/simulator/clock").path("now").asText());
            HttpResponse<String> jumped = client.send("POST", "/simulator/clock?advance=2d", "", null);
            assertThat(Instant.parse(json(jumped).path("now").asText())).isAfterOrEqualTo(before.plus(Duration.ofDays(2)));
            assertThat(client.send("POST", "/simulator/clock?advance=soon", "", null).statusCode()).isEqualTo(400);
        }
    }
}
