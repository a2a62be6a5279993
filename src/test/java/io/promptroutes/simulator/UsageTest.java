package io.promptroutes.simulator;

import static io.promptroutes.simulator.BatchClient.MODEL;
import static io.promptroutes.simulator.BatchClient.batch;
import static io.promptroutes.simulator.SimulatorClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 18 of what a simulator of batches has to do: a bill apart, and what can be asked of it. */
@Timeout(60)
class UsageTest {

    private static final String MANAGEMENT = "Bearer sk-management";

    @Test
    void ofBatchesIsOnABillOfTheirOwn() throws Exception {
        try (BatchClient client = new BatchClient("record=true")) {
            BigDecimal single = json(client.client.complete(MODEL)).at("/usage/cost").decimalValue();
            String id = client.accepted(batch(MODEL, 3));
            assertThat(client.bill().billedUsd()).isZero();
            BigDecimal cost = client.later(id).at("/usage/cost").decimalValue();

            assertThat(client.simulator.bill().billedUsd()).isEqualByComparingTo(single);
            assertThat(client.bill()).satisfies(bill -> {
                assertThat(bill.submissions()).isEqualTo(1);
                assertThat(bill.batches()).isEqualTo(1);
                assertThat(bill.lines()).isEqualTo(3);
                assertThat(bill.billedLines()).isEqualTo(3);
                assertThat(bill.billedUsd()).isPositive().isEqualByComparingTo(cost);
                assertThat(bill.byModel()).containsOnlyKeys("acme/small:batch");
                assertThat(bill.byBatch().get(id).billedUsd()).isEqualByComparingTo(cost);
                assertThat(bill.byPrompt()).hasSize(3).allSatisfy((prompt, calls) -> assertThat(calls.billed()).isEqualTo(1));
            });
            JsonNode told = client.read("/simulator/batches/bill");
            assertThat(told.path("billed_usd").decimalValue()).isEqualByComparingTo(cost);
            assertThat(told.at("/by_batch/" + id + "/status").asText()).isEqualTo("completed");
            assertThat(client.read("/key").at("/data/usage").decimalValue()).isEqualByComparingTo(cost.add(single));
        }
    }

    @Test
    void ofBatchesTakesFromTheSameCredit() throws Exception {
        try (BatchClient client = new BatchClient("credit=0.000001")) {
            client.done(MODEL, 3);
            assertThat(client.client.complete(MODEL).statusCode()).isEqualTo(402);
            assertThat(client.submit(batch(MODEL, 1)).statusCode()).isEqualTo(402);
            assertThat(client.get("/batches").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"sk-management, -, 401", "sk-management, Bearer sk-test, 403", "-, Bearer sk-test, 403", "-, Bearer null, 403",
        "sk-management, Bearer sk-management, 200"})
    void isForTheManagementKeyAlone(String key, String authorization, int status) throws Exception {
        try (BatchClient client = new BatchClient("key=sk-test", "management-key=" + (key == null ? "" : key))) {
            assertThat(client.send("GET", "/activity", null, authorization).statusCode()).isEqualTo(status);
            assertThat(client.send("POST", "/analytics/query", "{\"metrics\":[\"total_usage\"]}", authorization).statusCode()).isEqualTo(status);
        }
    }

    @Test
    void isToldByFinishedDayModelAndKey() throws Exception {
        try (BatchClient client = new BatchClient("management-key=sk-management")) {
            untilNoon(client);
            BigDecimal single = json(client.client.complete(MODEL)).at("/usage/cost").decimalValue();
            BigDecimal inBatch = client.done(MODEL, 3).at("/usage/cost").decimalValue();
            LocalDate today = LocalDate.ofInstant(now(client), ZoneOffset.UTC);
            assertThat(activity(client, "")).isEmpty();
            assertThat(client.send("GET", "/activity?date=" + today, null, MANAGEMENT).statusCode()).isEqualTo(400);
            client.simulator.advance(Duration.ofDays(1));

            for (String query : List.of("", "?date=" + today, "?api_key_hash=" + Fingerprint.sha256("sk-test".getBytes(StandardCharsets.UTF_8)))) {
                assertThat(activity(client, query)).extracting(UsageTest::row).containsExactlyInAnyOrder(
                        today + " acme/small acme/small-20260101 1 " + single.stripTrailingZeros().toPlainString(),
                        today + " acme/small:batch acme/small-20260101 3 " + inBatch.stripTrailingZeros().toPlainString());
            }
            assertThat(activity(client, "?api_key_hash=00")).isEmpty();
            assertThat(activity(client, "?group_by=workspace")).allSatisfy(row -> assertThat(row.has("workspace_id")).isTrue());
            client.simulator.advance(Duration.ofDays(31));
            assertThat(activity(client, "")).isEmpty();
        }
    }

    @Test
    void mayNameBatchesByTheirModelAlone() throws Exception {
        try (BatchClient client = new BatchClient("management-key=sk-management", "batch.activity-model=base", "batch.byok=on")) {
            client.done(MODEL, 3);
            client.simulator.advance(Duration.ofDays(1));
            assertThat(activity(client, "")).hasSize(1).allSatisfy(row -> {
                assertThat(row.path("model").asText()).isEqualTo("acme/small");
                assertThat(row.path("byok_usage_inference").decimalValue()).isGreaterThan(row.path("usage").decimalValue());
            });
        }
    }

    @Test
    void canBeQueriedByGeneration() throws Exception {
        try (BatchClient client = new BatchClient("management-key=sk-management")) {
            JsonNode results = client.done(MODEL, 3).path("results");
            String id = results.at("/0/response/body/id").asText();
            BigDecimal cost = results.at("/0/response/body/usage/cost").decimalValue();
            client.client.complete(MODEL);

            JsonNode one = query(client, """
                    {"metrics": ["total_usage", "request_count"], "dimensions": ["generation_id"],
                     "filters": [{"field": "generation_id", "operator": "in", "value": ["%s"]}]}""".formatted(id));
            assertThat(one.path("data")).hasSize(1).allSatisfy(row -> {
                assertThat(row.path("generation_id").asText()).isEqualTo(id);
                assertThat(row.path("total_usage").decimalValue()).isEqualByComparingTo(cost);
                assertThat(row.path("request_count").isTextual()).isTrue();
            });
            JsonNode byModel = query(client, "{\"metrics\":[\"request_count\"],\"dimensions\":[\"model\",\"provider\"],\"granularity\":\"month\",\"limit\":1}");
            assertThat(byModel.path("data")).hasSize(1).allSatisfy(row -> assertThat(row.path("date__month").asText()).isNotEmpty());
            assertThat(byModel.at("/metadata/truncated").asBoolean()).isTrue();
            assertThat(query(client, "{\"metrics\":[\"request_count\"],\"time_range\":{\"end\":\"2020-01-01T00:00:00Z\"}}").path("data")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', value = {"{}", "{'metrics':['joy']}",
        "{'metrics':['total_usage'],'dimensions':['model','provider','api_key_id']}",
        "{'metrics':['total_usage'],'granularity':'age'}", "{'metrics':['total_usage'],'filters':[{'field':'app'}]}",
        "{'metrics':['total_usage'],'time_range':{'start':'x'}}"})
    void cannotBeQueriedOtherwise(String query) throws Exception {
        try (BatchClient client = new BatchClient("management-key=sk-management")) {
            assertThat(client.send("POST", "/analytics/query", query.replace('\'', '"'), MANAGEMENT).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void ofAGenerationIsToldLate() throws Exception {
        try (BatchClient client = new BatchClient("generation-lag=2h")) {
            JsonNode body = client.done(MODEL, 1).at("/results/0/response/body");
            String path = "/generation?id=" + body.path("id").asText();
            assertThat(client.get(path).statusCode()).isEqualTo(404);
            client.simulator.advance(Duration.ofHours(3));
            JsonNode data = client.read(path).path("data");
            assertThat(data.path("total_cost").decimalValue()).isEqualByComparingTo(body.at("/usage/cost").decimalValue());
            assertThat(data.path("service_tier").asText()).isEqualTo("batch");
            assertThat(data.path("model").asText()).isEqualTo("acme/small:batch");
        }
    }

    private static String row(JsonNode row) {
        return row.path("date").asText() + " " + row.path("model").asText() + " " + row.path("model_permaslug").asText() + " " + row.path("requests")
                + " " + row.path("usage").decimalValue().stripTrailingZeros().toPlainString();
    }

    private static Instant now(BatchClient client) throws Exception {
        return Instant.parse(client.read("/simulator/clock").path("now").asText());
    }

    /** So that no day ends meanwhile. */
    private static void untilNoon(BatchClient client) throws Exception {
        Instant now = now(client);
        client.simulator.advance(Duration.between(now, now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(36))));
    }

    private static JsonNode activity(BatchClient client, String query) throws Exception {
        return json(client.send("GET", "/activity" + query, null, MANAGEMENT)).path("data");
    }

    private static JsonNode query(BatchClient client, String query) throws Exception {
        HttpResponse<String> response = client.send("POST", "/analytics/query", query, MANAGEMENT);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).path("data");
    }
}
