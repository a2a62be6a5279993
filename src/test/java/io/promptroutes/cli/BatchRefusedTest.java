package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service does not do for batches: for the account, for a line, for a completion time, or at all. */
@Timeout(120)
class BatchRefusedTest extends BatchHarness {

    @ParameterizedTest
    @CsvSource({"batch.faults=poll.402:100, cannot be asked about", "batch.faults=poll.403:100, cannot be asked about", "key=sk-another, cannot be asked about",
        "batch.faults=submit.402:100, are refused", "key=sk-another, are refused"})
    void aRefusedAccountIsToldOnceAndCollectingGoesOnByItself(String setting, String words) {
        String[] trouble = setting.split("=");
        boolean look = words.startsWith("cannot");
        serve(look ? new String[] {"batch.in-progress", "1h"} : trouble);
        start("pause.first-look", "50ms", "pause.max", "1h", "alerts.credit-below", "");
        List<String> sent = send(3);
        if (look) {
            await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.SUBMITTED));
            serve(trouble);
        }
        await().until(() -> look ? batches().get(0).looks() >= 3 : batches().size() >= 3);

        assertThat(routes.alerts()).as("%s", routes.alerts()).singleElement().satisfies(alert -> {
            assertThat(alert.at("/data/kind").asText()).isEqualTo("batches");
            assertThat(alert.at("/data/message").asText()).contains(words);
        });
        assertThat(routes.results()).isEmpty();
        assertThat(routes.batches().trouble() != null).isEqualTo(look);
        assertThat(routes.intake().reason() == null).as("calls go on where a look is refused").isEqualTo(look);
        serve();
        server.advance(Duration.ofHours(2));
        assertThat(sent.stream().map(routes::outcome).toList()).allSatisfy(BatchHarness::wentInABatch);
        assertThat(routes.batches().trouble()).isNull();
        assertThat(server.batchBill().lines()).as("each is in one batch; they may come back from their pause one after the other").isEqualTo(sent.size());
        assertThat(server.batchBill().billedUsd()).isEqualByComparingTo(booked());
    }

    @Test
    void aBatchThatIsRefusedForADoubledNameGoesWithoutThatLine() {
        serve("batch.faults", "submit.422:100");
        start("batches.requests", "4", "batches.rounds", "1");
        List<JsonNode> outcomes = ask(4);

        assertThat(outcomes).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success"));
        assertThat(outcomes).extracting(BatchHarness::notes).anySatisfy(notes -> assertThat(notes).contains("duplicate custom_id")).anySatisfy(notes -> assertThat(notes).contains("made 1 batches fail"));
        assertThat(server.batchBill().submissions()).as("the first, and one without its line").isEqualTo(2);
        assertThat(batches()).allSatisfy(batch -> assertThat(batch.blamed()).isZero());
        assertThat(server.bill().billedUsd()).isEqualByComparingTo(booked());
    }

    @Test
    void promptsOfAnotherCompletionTimeAreAskedInABatchOfTheirOwn() {
        serve("batch.windows", "24h, 48h");
        start("batches.complete-within", "24h, 48h", "batches.requests", "2");
        List<String> sent = IntStream.range(0, 4).mapToObj(n -> routes.send(prompt(n, M, n % 2 == 0 ? "" : ",\"complete_within\":\"48H\""))).toList();

        assertThat(sent.stream().map(routes::outcome).toList()).allSatisfy(BatchHarness::wentInABatch);
        assertThat(batches()).extracting(BatchRow::within).containsExactlyInAnyOrder("24h", "48h");
        assertThat(batches()).allSatisfy(batch -> assertThat(batch.finalizedAt()).isNotNull());
        assertThat(routes.ask(prompt(5, M, ",\"complete_within\":\"6h\"")).at("/error/message").asText()).contains("complete_within", "'6h' is not one of 24h, 48h");
    }

    @ParameterizedTest
    @CsvSource({"'v1,beta,pages,delete', '', 404", "'v1,beta,pages', '', 200", "'v1,beta,pages,delete', delete.502:100, 200"})
    void whatIsInTheLedgerIsDeletedAtTheServiceWhereThatCanBe(String has, String fault, int then) throws Exception {
        serve("batch.routes", has, "batch.faults", fault);
        start("batches.requests", "3", "batches.linger", "1m", "batches.delete", "on");
        assertThat(ask(3)).allSatisfy(BatchHarness::wentInABatch);

        HttpRequest look = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/batches/" + batches().get(0).remoteId())).header("Authorization", "Bearer " + RoutesUnderTest.KEY).build();
        await().until(() -> HttpClient.newHttpClient().send(look, BodyHandlers.discarding()).statusCode() == then);
        assertThat(batches()).singleElement().satisfies(batch -> assertThat(batch.state()).isEqualTo(BatchState.ENDED));
        assertThat(server.batchBill().billedUsd()).isPositive().isEqualByComparingTo(booked());
    }

    @Test
    void theBoundOnRepeatedBatchesOutlivesTheProcess() {
        serve("batch.faults", "batch.failed:100");
        start("batches.requests", "3", "batches.rounds", "1", "batches.linger", "1m");
        List<String> sent = IntStream.range(0, 3).mapToObj(n -> routes.send(prompt(n))).toList();
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.ENDED));
        await().until(() -> routes.batches().gathering() == 2 || routes.results().size() == 3);
        routes.close();
        ledger.close();
        ledger = null;
        start("batches.requests", "2", "batches.rounds", "1");

        assertThat(ask(sent.size())).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success"));
        assertThat(server.batchBill().batches()).as("the second one of two prompts is the last").isEqualTo(2);
        assertThat(server.bill().billedUsd()).isEqualByComparingTo(booked());
    }
}
