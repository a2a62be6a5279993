package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import io.promptroutes.ledger.TestLedgers;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A submission to which no reply came: it may be there, and it may have been billed. */
@Timeout(120)
class LostBatchTest extends BatchHarness {

    @ParameterizedTest
    @ValueSource(strings = {"submit.reset-committed:100", "submit.502-committed:100", "submit.reset-committed:100, poll.500:30, poll.429:30"})
    void aLostReplyIsFoundAgain(String faults) {
        serve("batch.faults", faults, "batch.foreign", "1");
        start();
        List<JsonNode> outcomes = ask(5);

        assertThat(outcomes).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().batches()).isOne();
        assertThat(server.batchBill().billedUsd()).isEqualByComparingTo(booked());
        assertThat(routes.tally().noted(JobStatistics.MAYBE_PAID_TWICE)).isZero();
    }

    /** Both ways: the service's clock says when a batch came, and one of the two is set wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"PT20M", "PT30H", "PT-10S", "PT-30H"})
    void aLostReplyIsFoundAgainHoweverFarTheClocksAreApart(Duration ahead) {
        serve("batch.faults", "submit.reset-committed:100");
        server.advance(ahead);
        start();
        List<JsonNode> outcomes = ask(3);

        assertThat(outcomes).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().batches()).isOne();
        assertThat(routes.tally().noted(JobStatistics.MAYBE_PAID_TWICE)).isZero();
    }

    /** Ours was right when it was sent. */
    @Test
    void aLostReplyIsFoundAgainWhenAClockWasPutMeanwhile() {
        serve("batch.faults", "submit.reset-committed:100");
        start();
        List<String> sent = send(1);
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.LOST));
        server.advance(Duration.ofHours(3));

        assertThat(sent.stream().map(routes::outcome).toList()).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().batches()).isOne();
    }

    /** The second one is there, and is never listed: nobody could know of it, and it is paid twice. */
    @ParameterizedTest
    @CsvSource({"submit.reset:100, 1", "submit.reset-committed:100, 2"})
    void whatIsFoundNowhereIsSentAnewAndCounted(String fault, int made) {
        serve("batch.faults", fault, "batch.list-lag", "1h");
        start();
        List<String> sent = send(5);
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.LOST));
        serve("batch.list-lag", "1h");

        assertThat(sent.stream().map(routes::outcome).toList()).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().batches()).isEqualTo(made);
        assertThat(routes.tally().noted(JobStatistics.MAYBE_PAID_TWICE)).isEqualTo(5);
        assertThat(batches()).extracting(BatchRow::state).containsExactlyInAnyOrder(BatchState.GIVEN_UP, BatchState.ENDED);
        assertThat(server.batchBill().billedUsd().subtract(booked())).as("what the ledger holds for it").isBetween(BigDecimal.ZERO, TestLedgers.total(ledger).uncertainUsd());
    }

    /** Each is the other's stranger. */
    @Test
    void ofTwoThatAreLookedForTheOneThatIsThereIsFound() {
        serve("batch.faults", "submit.reset:100");
        start("batches.lost-after", "2s");
        routes.inputIsOver();
        List<String> sent = new ArrayList<>(List.of(routes.send(prompt(0))));
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.LOST));
        serve("batch.faults", "submit.reset-committed:100");
        sent.add(routes.send(prompt(1)));
        await().until(() -> server.batchBill().batches() == 1);
        serve();

        assertThat(sent.stream().map(routes::outcome).toList()).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().batches()).isEqualTo(2);
        assertThat(routes.tally().noted(JobStatistics.MAYBE_PAID_TWICE)).isOne();
        assertThat(server.batchBill().billedUsd()).isEqualByComparingTo(booked());
    }

    @Test
    void batchesOfOthersThatCameMuchLaterAreNotWaitedFor() throws Exception {
        serve("batch.faults", "submit.reset:100");
        start();
        routes.inputIsOver();
        String sent = routes.send(prompt(0));
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.LOST));
        serve("batch.in-progress", "5h");
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db")); Statement statement = file.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE batches SET created_at = created_at - 3600 * 1000000")).isOne();
        }
        HttpRequest others = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/batches")).header("Authorization", "Bearer other").POST(HttpRequest.BodyPublishers.ofString(
                "{\"endpoint\":\"/v1/chat/completions\",\"model\":\"" + M + "\",\"requests\":[{\"custom_id\":\"x\",\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}}]}"))
                .build();
        assertThat(HttpClient.newHttpClient().send(others, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(202);

        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.SUBMITTED));
        server.advance(Duration.ofHours(6));
        assertThat(routes.outcome(sent).path("service_tier").asText()).isEqualTo("batch");
    }
}
