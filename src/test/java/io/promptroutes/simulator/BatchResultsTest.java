package io.promptroutes.simulator;

import static io.promptroutes.simulator.BatchClient.MODEL;
import static io.promptroutes.simulator.BatchClient.batch;
import static io.promptroutes.simulator.SimulatorClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows 8 to 11 of what a simulator of batches has to do: what lines say and cost, all at once or by pages. */
@Timeout(60)
class BatchResultsTest {

    @Test
    void areShuffledAndLookAsTheServicesDo() throws Exception {
        try (BatchClient client = new BatchClient("models.extra=anthropic/a:batch,openai/o:batch")) {
            JsonNode batch = client.done(MODEL, 50);
            List<String> ids = batch.path("results").findValuesAsText("custom_id");
            List<String> sent = IntStream.range(0, 50).mapToObj(i -> "n-" + i).toList();
            assertThat(ids).containsExactlyInAnyOrderElementsOf(sent).isNotEqualTo(sent);
            assertThat(batch.path("results")).allSatisfy(line -> {
                assertThat(line.path("id").asText()).matches("batch-[0-9a-f]{8}-[0-9a-f]{8}-\\d+");
                assertThat(line.path("error").isNull()).isTrue();
                assertThat(line.at("/response/status_code").asInt()).isEqualTo(200);
                assertThat(line.at("/response/request_id").isNull()).isTrue();
                JsonNode body = line.at("/response/body");
                assertThat(body.path("id").asText()).matches("gen-batch-\\d{10}-[0-9a-f]{20}");
                assertThat(body.path("model").asText()).isEqualTo("acme/small:batch");
                assertThat(body.path("service_tier").asText()).isEqualTo("batch");
                assertThat(body.at("/choices/0/message/content").asText()).startsWith("[simulated]");
            });
            assertThat(client.done("anthropic/a", 1).at("/results/0/id").asText()).startsWith("msg_");
            assertThat(client.done("openai/o", 1).at("/results/0/id").asText()).startsWith("batch_req_");
        }
    }

    @Test
    void haveFailedLinesLast() throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=line.error:30")) {
            List<Boolean> failed = new ArrayList<>();
            JsonNode batch = client.done(MODEL, 100);
            batch.path("results").forEach(line -> failed.add(line.path("response").isNull()));
            assertThat(failed).isSorted().contains(true, false);
            assertThat(batch.at("/request_counts/failed").asInt()).isEqualTo((int) failed.stream().filter(one -> one).count());
            assertThat(batch.at("/request_counts/completed").asInt()).isEqualTo((int) failed.stream().filter(one -> !one).count());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "error             | 1 | false | /error/type                            | \"invalid_request_error\"",
        "error             | 1 | false | /response                              | null",
        "error-message     | 1 | false | /error                                 | {\"message\":\"Upstream request failed.\"}",
        "error-string      | 1 | false | /error                                 | \"Upstream request failed.\"",
        "status-400        | 1 | false | /response/status_code                  | 400",
        "status-400        | 1 | false | /response/body/error/code              | 400",
        "status-500        | 1 | false | /response/status_code                  | 500",
        "both-null         | 1 | false | /response                              | null",
        "both-null         | 1 | false | /error                                 | null",
        "no-custom-id      | 1 | true  | /custom_id                             | ",
        "unknown-custom-id | 1 | true  | /error                                 | null",
        "duplicate         | 2 | true  | /custom_id                             | \"n-0\"",
        "missing           | 0 | true  | /custom_id                             | ",
        "undecodable       | 1 | true  | /custom_id                             | ",
        "content-null      | 1 | true  | /response/body/choices/0/message/content | null",
        "content-null      | 1 | true  | /response/body/choices/0/finish_reason | \"length\"",
        "length            | 1 | true  | /response/body/choices/0/finish_reason | \"length\"",
    })
    void haveTheFaultsThatAreAskedFor(String fault, int lines, boolean billed, String place, String told) throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=line." + fault + ":100")) {
            JsonNode batch = client.done(MODEL, 1);
            assertThat(batch.path("results")).hasSize(lines).allSatisfy(line ->
                    assertThat(line.at(place).isMissingNode() ? null : line.at(place).toString()).isEqualTo(told));
            assertThat(client.bill().billedLines()).isEqualTo(billed ? 1 : 0);
            assertThat(batch.at("/usage/cost").decimalValue()).isEqualByComparingTo(client.bill().billedUsd());
        }
    }

    @Test
    void haveEachFaultNowAndThenWhereTheWholeKindIsAskedFor() throws Exception {
        try (BatchClient client = new BatchClient("batch.faults=line:5")) {
            JsonNode batch = client.done(MODEL, 1_000);
            assertThat(batch.path("results").valueStream().filter(JsonNode::isTextual).count()).isBetween(10L, 120L);
            assertThat(batch.path("results").valueStream().filter(line -> line.at("/response/status_code").asInt() == 500).count()).isBetween(10L, 120L);
            assertThat(client.bill().billedLines()).isEqualTo(batch.at("/request_counts/completed").asLong());
        }
    }

    @ParameterizedTest
    @CsvSource({"cost, true, true", "tokens, true, false", "none, false, false"})
    void tellUsageAsFarAsTheyAreTold(String mode, boolean tokens, boolean cost) throws Exception {
        try (BatchClient client = new BatchClient("batch.usage=" + mode)) {
            JsonNode batch = client.done(MODEL, 20);
            assertThat(batch.path("results")).allSatisfy(line -> {
                assertThat(line.at("/response/body/usage").has("total_tokens")).isEqualTo(tokens);
                assertThat(line.at("/response/body/usage").has("cost")).isEqualTo(cost);
            });
            assertThat(batch.at("/usage/cost").decimalValue()).isPositive().isEqualByComparingTo(client.bill().billedUsd());
            if (cost) {
                assertThat(batch.path("results").valueStream().map(line -> line.at("/response/body/usage/cost").decimalValue())
                        .reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(client.bill().billedUsd());
            }
        }
    }

    @Test
    void mayHaveNoCostAtAll() throws Exception {
        try (BatchClient client = new BatchClient("batch.total-cost=off", "batch.usage=none")) {
            JsonNode usage = client.done(MODEL, 1).path("usage");
            assertThat(usage.path("cost").isNull()).isTrue();
            assertThat(usage.path("total_tokens").asInt()).isPositive();
        }
    }

    @Test
    void areAFeeWhereTheKeyOfAProviderIsOnesOwn() throws Exception {
        try (BatchClient client = new BatchClient("batch.byok=on")) {
            JsonNode usage = client.done(MODEL, 3).path("usage");
            assertThat(usage.path("is_byok").asBoolean()).isTrue();
            assertThat(usage.path("cost").decimalValue()).isEqualByComparingTo(client.bill().billedUsd())
                    .isEqualByComparingTo(usage.at("/cost_details/upstream_inference_cost").decimalValue().multiply(new BigDecimal("0.05")));
        }
    }

    @ParameterizedTest
    @CsvSource({"acme/small, 10, 0.000000075, 0.0000003", "acme/dear, 10, 0.000002, 0.000004", "acme/dear, 1000, 0.000003, 0.000006"})
    void costWhatTheBatchRowSaysWhetherDearerOrChangedForLongPrompts(String model, int letters, BigDecimal in, BigDecimal out) throws Exception {
        try (BatchClient client = new BatchClient()) {
            ObjectNode batch = batch(model, 0);
            BatchClient.line(batch, "a", "x".repeat(letters));
            JsonNode usage = client.later(client.accepted(batch)).path("usage");
            assertThat(usage.path("cost").decimalValue()).isEqualByComparingTo(in.multiply(usage.path("prompt_tokens").decimalValue())
                    .add(out.multiply(usage.path("completion_tokens").decimalValue())));
        }
    }

    @Test
    void comeInPagesThatStayTheSame() throws Exception {
        try (BatchClient client = new BatchClient("batch.inline=off", "batch.page=3")) {
            String id = client.accepted(batch(MODEL, 8));
            assertThat(client.get("/batches/" + id + "/results").statusCode()).isEqualTo(409);
            assertThat(client.later(id).path("results").isNull()).isTrue();
            List<String> sizes = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            String cursor = null;
            do {
                String path = "/batches/" + id + "/results" + (cursor == null ? "" : "?cursor=" + cursor);
                HttpResponse<String> page = client.get(path);
                assertThat(client.get(path).body()).isEqualTo(page.body());
                json(page).path("data").forEach(line -> lines.add(line.path("custom_id").asText()));
                sizes.add(json(page).path("data").size() + " " + json(page).path("has_more"));
                cursor = json(page).path("next_cursor").asText(null);
            } while (cursor != null && !cursor.equals("null"));

            assertThat(sizes).containsExactly("3 true", "3 true", "2 false");
            assertThat(lines).doesNotHaveDuplicates().hasSize(8);
            assertThat(client.get("/batches/" + id + "/results?cursor=x").statusCode()).isEqualTo(400);
        }
    }
}
