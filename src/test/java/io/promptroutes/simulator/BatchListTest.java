package io.promptroutes.simulator;

import static io.promptroutes.simulator.BatchClient.MODEL;
import static io.promptroutes.simulator.BatchClient.batch;
import static io.promptroutes.simulator.SimulatorClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows 12, 14 and 15 of what a simulator of batches has to do: lists, what goes wrong while batches are read, and deletion. */
@Timeout(60)
class BatchListTest {

    @Test
    void haveNoResultsInListsWhichAreNewestFirstAndGoByPages() throws Exception {
        try (BatchClient client = new BatchClient()) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                ids.add(0, client.accepted(batch(MODEL, 1)));
                client.simulator.advance(Duration.ofMinutes(30));
            }
            JsonNode page = client.read("/batches?limit=2");
            assertThat(page.path("data").findValuesAsText("id")).isEqualTo(ids.subList(0, 2));
            assertThat(page.path("data")).allSatisfy(item -> assertThat(item.path("results").isNull()).isTrue());
            assertThat(page.path("first_id").asText()).isEqualTo(ids.get(0));
            assertThat(page.path("has_more").asBoolean()).isTrue();
            JsonNode rest = client.read("/batches?limit=100&after=" + page.path("last_id").asText());
            assertThat(rest.path("data").findValuesAsText("id")).isEqualTo(ids.subList(2, 5));
            assertThat(rest.path("has_more").asBoolean()).isFalse();

            assertThat(client.read("/batches?status=in_progress&status=validating").path("data").findValuesAsText("id")).isEqualTo(ids.subList(0, 1));
            assertThat(client.read("/batches?status=completed").path("data")).hasSize(4);
            long third = page.path("data").get(1).path("created_at").asLong();
            assertThat(client.read("/batches?created_after=" + (third - 5)).path("data")).hasSize(2);
            assertThat(client.read("/batches?created_before=" + Instant.ofEpochSecond(third - 5)).path("data")).hasSize(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"limit=0", "limit=101", "limit=x", "status=finalizing", "status=cancelling", "after=nothing",
        "created_after=10&created_before=10", "created_after=x"})
    void areNotListedByABadFilter(String query) throws Exception {
        try (BatchClient client = new BatchClient()) {
            assertThat(client.get("/batches?" + query).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void comeWithThoseOfOthersWhichAreOnNobodysBill() throws Exception {
        try (BatchClient client = new BatchClient("batch.foreign=2")) {
            String own = client.done(MODEL, 3).path("id").asText();
            JsonNode listed = client.read("/batches").path("data");
            assertThat(listed).hasSize(3).allSatisfy(item -> {
                assertThat(item.path("model").asText()).isEqualTo("acme/small-20260101");
                assertThat(item.at("/request_counts/total").asInt()).isEqualTo(3);
            });
            for (JsonNode item : listed) {
                boolean mine = item.path("id").asText().equals(own);
                assertThat(client.read("/batches/" + item.path("id").asText()).path("results").findValuesAsText("custom_id"))
                        .hasSize(3).allSatisfy(id -> assertThat(id).startsWith(mine ? "n-" : "other-"));
            }
            assertThat(client.bill().billedLines()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"402, 402, -", "408, 408, -", "429, 429, -", "429-retry-after, 429, 1", "500, 500, -", "502, 502, -", "html, 524, -"})
    void cannotBeReadNowAndThen(String fault, int status, String retryAfter) throws Exception {
        try (BatchClient client = new BatchClient()) {
            String id = client.accepted(batch(MODEL, 1));
            client.configure("batch.faults=poll." + fault + ":100");
            for (String path : List.of("/batches", "/batches/" + id, "/batches/" + id + "/results")) {
                HttpResponse<String> response = client.get(path);
                assertThat(response.statusCode()).isEqualTo(status);
                assertThat(response.headers().firstValue("Retry-After").orElse(null)).isEqualTo(retryAfter);
            }
            client.configure();
            assertThat(client.get("/batches/" + id).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void mayBeCutOffOrComeSlowly() throws Exception {
        try (BatchClient client = new BatchClient()) {
            String id = client.done(MODEL, 20).path("id").asText();
            client.configure("batch.faults=poll.cut:100");
            assertThatThrownBy(() -> client.get("/batches/" + id)).isInstanceOf(IOException.class);
            client.configure("batch.faults=poll.slow:100", "dribble-interval=20ms", "dribble-max=400ms");
            long start = System.nanoTime();
            assertThat(client.read("/batches/" + id).path("results")).hasSize(20);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(350));
        }
    }

    @Test
    void canBeDeletedWhenItHasEndedAndStaysOnTheBill() throws Exception {
        try (BatchClient client = new BatchClient()) {
            String id = client.accepted(batch(MODEL, 1));
            assertThat(delete(client, id).statusCode()).isEqualTo(409);
            client.later(id);
            assertThat(json(delete(client, id)).at("/deletion/openrouter").asText()).isEqualTo("deleted");
            assertThat(delete(client, id).statusCode()).isEqualTo(404);
            assertThat(client.get("/batches/" + id).statusCode()).isEqualTo(404);
            assertThat(client.get("/batches/" + id + "/results").statusCode()).isEqualTo(404);
            assertThat(client.read("/batches").path("data")).isEmpty();
            assertThat(client.bill().byBatch().get(id).status()).isEqualTo("deleted");
            assertThat(client.bill().billedLines()).isEqualTo(1);
        }
    }

    @Test
    void staysWhereItsProviderCannotDeleteIt() throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=delete.502:100")) {
            String id = client.done(MODEL, 1).path("id").asText();
            assertThat(delete(client, id).statusCode()).isEqualTo(502);
            assertThat(client.get("/batches/" + id).statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> delete(BatchClient client, String id) throws Exception {
        return client.send("DELETE", "/batches/" + id, null, "Bearer k");
    }
}
