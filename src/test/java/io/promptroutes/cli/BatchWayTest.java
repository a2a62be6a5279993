package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.model.Usd;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that may wait, from their group to their answers, against the simulator. */
@Timeout(120)
class BatchWayTest extends BatchHarness {

    @Test
    void promptsThatMayWaitAreAskedTogether() {
        serve();
        start("batches.requests", "20", "batches.linger", "1m");
        List<JsonNode> outcomes = ask(20);

        assertThat(outcomes).allSatisfy(one -> {
            assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success");
            assertThat(one.path("service_tier").asText()).isEqualTo("batch");
            assertThat(one.at("/routing/notes").isMissingNode()).isTrue();
        });
        assertThat(server.batchBill().batches()).isOne();
        assertThat(server.bill().requests()).isZero();
        assertThat(server.batchBill().billedUsd()).isPositive().isEqualByComparingTo(booked()).isEqualByComparingTo(routes.tally().spent());
        assertThat(routes.costs()).hasSize(20).extracting(event -> event.at("/data/cost_source").asText()).containsOnly("reported");
        assertThat(batches()).singleElement().satisfies(batch -> assertThat(batch.state()).isEqualTo(BatchState.ENDED));
        assertThat(ledger.figures().by(Figures.By.TIER, LocalDate.EPOCH)).extracting(Figures.Row::name).containsExactly("batch");
        TestLedgers.total(ledger);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens", "none"})
    void whatABatchHasCostIsSharedToTheLastDigit(String usage) {
        serve("batch.usage", usage);
        start();
        ask(7);

        assertThat(server.batchBill().billedUsd()).isPositive().isEqualByComparingTo(booked());
        assertThat(routes.costs()).extracting(event -> event.at("/data/cost_source").asText()).containsOnly("shared");
    }

    @Test
    void whatNobodySaysIsUnknownAndNotNothing() {
        serve("batch.usage", "none", "batch.total-cost", "off");
        start();
        ask(3);

        assertThat(routes.costs()).hasSize(3).allSatisfy(event -> assertThat(event.at("/data/cost_usd").isNull()).isTrue());
    }

    @ParameterizedTest
    @CsvSource({"openai/gpt-5.6-luna, '', not cheaper", "mistralai/mistral-small-2603, '', no price for batches", M + ", ',\"top_p\":0.5', takes no top_p",
        M + ", ',\"provider\":{\"data_collection\":\"deny\"}', provider.data_collection", M + ", ',\"seed\":1', takes no seed"})
    void whatCannotGoOrIsNotCheaperIsCalledAlone(String model, String more, String why) {
        serve();
        start();
        JsonNode outcome = routes.ask(prompt(1, model, more));

        assertThat(outcome.path("status").asText()).as("%s", outcome).isEqualTo("success");
        assertThat(notes(outcome)).contains("called alone, not in a batch", why);
        assertThat(server.batchBill().submissions()).isZero();
        assertThat(server.bill().requests()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"batch.refused, *, ':batch endpoint'", "batch.routes, beta, no Batch API"})
    void whatTheServiceDoesNotTakeIsCalledAlone(String key, String value, String why) {
        serve(key, value);
        start("batches.requests", "3", "batches.linger", "1m");
        List<JsonNode> outcomes = ask(3);

        assertThat(outcomes).allSatisfy(one -> {
            assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success");
            assertThat(notes(one)).contains(why);
        });
        assertThat(notes(routes.ask(prompt(9)))).contains(why);
        assertThat(server.batchBill().submissions()).as("remembered").isLessThanOrEqualTo(1);
        assertThat(server.bill().billedUsd()).isEqualByComparingTo(booked());
    }

    @ParameterizedTest
    @ValueSource(strings = {"line.error", "line.error-message", "line.error-string", "line.status-400", "line.status-500", "line.both-null", "line.no-custom-id",
        "line.unknown-custom-id", "line.missing", "line.undecodable", "line.duplicate", "line.content-null", "line.length"})
    void aLineThatDoesNotAnswerIsCalledAlone(String fault) {
        serve("batch.faults", fault + ":30");
        start();
        List<JsonNode> outcomes = ask(30);

        assertThat(outcomes).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success"));
        boolean answered = List.of("line.duplicate", "line.content-null", "line.length").contains(fault);
        assertThat(outcomes.stream().filter(one -> notes(one).contains("its batch has no answer of it")).count()).isEqualTo(server.bill().requests());
        assertThat(server.bill().requests()).isBetween(answered ? 0L : 1L, answered ? 0L : 29L);
        assertThat(server.bill().billedUsd().add(server.batchBill().billedUsd())).isEqualByComparingTo(booked()).isEqualByComparingTo(routes.tally().spent());
        assertThat(routes.costs().stream().map(event -> event.at("/data/cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(booked());
    }

    @Test
    void whatHasNoAnswerIsADeadLetterWhereNothingIsToBeCalledAlone() {
        serve("batch.faults", "line.error:100");
        start("batches.failed", "fail");
        routes.inputIsOver();

        assertThat(routes.ask(prompt(1)).at("/error/message").asText()).contains("batches.failed");
        assertThat(server.bill().requests()).isZero();
    }

    @Test
    void aBatchThatFailsForOneLineIsSentAgainWithoutIt() {
        serve("batch.bad-text", "Hello 3\"");
        start("batches.requests", "6");
        List<JsonNode> outcomes = ask(6);

        assertThat(outcomes).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success"));
        assertThat(outcomes.stream().filter(one -> one.path("service_tier").asText().equals("batch")).count()).isEqualTo(5);
        assertThat(server.bill().requests()).isOne();
        assertThat(batches()).hasSize(2);
        assertThat(server.bill().billedUsd().add(server.batchBill().billedUsd())).isEqualByComparingTo(booked());
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll.408:50", "poll.429:50", "poll.429-retry-after:50", "poll.500:50", "poll.502:50", "poll.html:50", "poll.cut:50", "batch.odd-status:100", "submit.429:50",
        "submit.402:40", "poll.402:40"})
    void whatPassesIsWaitedFor(String fault) {
        serve("batch.faults", fault);
        start("batches.requests", "4", "batches.linger", "1m", "pause.first-look", "100ms");
        List<JsonNode> outcomes = ask(4);

        assertThat(outcomes).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().batches()).isOne();
        assertThat(server.batchBill().billedUsd()).isEqualByComparingTo(booked());
    }

    @Test
    void resultsComeInPagesToo() {
        serve("batch.inline", "off", "batch.page", "3");
        start();
        assertThat(ask(10)).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().billedUsd()).isEqualByComparingTo(booked());
    }

    @ParameterizedTest
    @CsvSource({"none, retry", "partial, retry", "billed, retry"})
    void aBatchThatExpiresLeavesNothingUnanswered(String results, String policy) {
        serve("batch.faults", "batch.expired:100", "batch.expired", results);
        start();
        List<String> sent = send(4);
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.SUBMITTED));
        server.advance(Duration.ofHours(25));

        List<JsonNode> outcomes = sent.stream().map(routes::outcome).toList();
        assertThat(outcomes).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success"));
        assertThat(server.bill().requests()).isEqualTo(results.equals("partial") ? 2 : 4);
        assertThat(routes.tally().noted(JobStatistics.MAYBE_PAID_TWICE)).isEqualTo(results.equals("partial") ? 0 : 4);
    }

    @Test
    void thereIsRoomForAllInTheEnd() {
        serve("batch.quota", "1");
        start("batches.requests", "2");
        assertThat(ask(6)).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo("success"));
        assertThat(server.batchBill().billedUsd().add(server.bill().billedUsd())).isEqualByComparingTo(booked());
        assertThat(server.bill().requests()).isZero();
    }

    /** Batches of others may fill the quota for days. */
    @ParameterizedTest
    @CsvSource({"live, success", "fail, failed"})
    void roomIsNotWaitedForLongerThanSaid(String failed, String status) {
        serve("batch.quota", "1", "batch.in-progress", "5h");
        start("batches.requests", "2", "batches.quota-longest", "1s", "batches.failed", failed);
        List<String> sent = send(6);
        List<JsonNode> ended = await().until(() -> Stream.concat(routes.results().stream(), routes.deadLetters().stream()).toList(), all -> all.size() == 4);

        assertThat(ended).allSatisfy(one -> assertThat(one.path("status").asText()).as("%s", one).isEqualTo(status));
        assertThat(ended).allSatisfy(one -> assertThat(failed.equals("live") ? notes(one) : one.at("/error").toString()).as("%s", one).contains("no room for its batch"));
        assertThat(server.bill().requests()).isEqualTo(failed.equals("live") ? 4 : 0);
        server.advance(Duration.ofHours(6));
        assertThat(sent.stream().map(routes::outcome).filter(one -> one.path("service_tier").asText().equals("batch"))).hasSize(2);
    }

    @Test
    void whoComesBackTakesWhatWasAskedBefore() {
        serve("batch.in-progress", "1h");
        start();
        List<String> sent = send(5);
        await().until(() -> batches().stream().anyMatch(batch -> batch.state() == BatchState.SUBMITTED));
        assertThat(routes.results()).isEmpty();
        await().untilAsserted(() -> assertThat(routes.batches().words(Instant.now())).startsWith("1 open, at the latest until ").contains("; 5 prompts in them", ", 0 not sent yet"));
        routes.close();
        ledger.close();
        ledger = null;
        server.advance(Duration.ofHours(2));
        start();

        assertThat(ask(sent.size())).allSatisfy(BatchHarness::wentInABatch);
        assertThat(server.batchBill().submissions()).isOne();
        assertThat(server.batchBill().billedUsd()).isEqualByComparingTo(booked());
    }

    @Test
    void noLimitIsOverspentByBatchesAndCallsTogether() {
        serve();
        start("batches.requests", "5", "budget.exhausted", "reject");
        BigDecimal limit = new BigDecimal("0.015");
        ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, limit)));
        List<String> sent = IntStream.range(0, 60).mapToObj(n -> routes.send(n % 3 == 0 ? prompt(n, M, ",\"seed\":1") : prompt(n))).toList();
        routes.inputIsOver();
        List<JsonNode> outcomes = sent.stream().map(routes::outcome).toList();

        assertThat(booked()).isLessThanOrEqualTo(limit).isEqualByComparingTo(server.bill().billedUsd().add(server.batchBill().billedUsd()));
        assertThat(outcomes.stream().filter(one -> one.path("service_tier").asText().equals("batch")).count()).isPositive();
        assertThat(server.bill().requests()).isPositive();
    }

    /** Property {@code batch.prompts} (profile chaos: 10000) says how many. Some of the batches fail for a line that is refused, others for none that is at fault. */
    @Test
    @Timeout(1_800)
    void everyFaultAtOnceLosesAndDoublesNothing() {
        int many = Integer.getInteger("batch.prompts", 300);
        List<String> models = List.of(M, "anthropic/claude-haiku-4.5", "google/gemini-2.5-flash");
        serve("batch.faults", "line:1, batch.failed:15, batch.odd-status:10, poll:1, poll.slow:0, poll.402:0, submit.429:5, submit.502-committed:5, submit.reset-committed:5",
                "batch.foreign", "1", "batch.bad-text", "refused");
        start("batches.requests", String.valueOf(Math.max(30, many / 30)), "prompts.window", "20000", "pause.first-look", "100ms");
        long began = System.nanoTime();
        List<String> sent = IntStream.range(0, many).mapToObj(n -> routes.send(prompt(n, models.get(n % 3), "").replace("Hello", n < 3 ? "To be refused:" : "Hello"))).toList();
        routes.inputIsOver();
        await().atMost(Duration.ofMinutes(25)).until(() -> routes.window().unfinished() == 0);

        List<String> failed = batches().stream().filter(batch -> "failed".equals(batch.remoteState())).map(BatchRow::model).toList();
        System.out.printf("%d prompts in %d s, %d batches, of which %d failed as a whole, saved $%s, %d called alone, %d maybe paid twice%n", many, (System.nanoTime() - began) / 1_000_000_000,
                batches().size(), failed.size(), routes.tally().savedInBatches(), server.bill().requests(), routes.tally().noted(JobStatistics.MAYBE_PAID_TWICE));
        assertThat(failed).as("one of each model at least").containsAll(models);
        assertThat(routes.deadLetters()).isEmpty();
        assertThat(routes.results()).hasSize(sent.size()).extracting(one -> one.path("id").asText()).doesNotHaveDuplicates();
        BigDecimal billed = server.bill().billedUsd().add(server.batchBill().billedUsd());
        assertThat(booked()).isEqualByComparingTo(billed);
        assertThat(routes.costs().stream().map(event -> event.at("/data/cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(billed);
        StringWriter said = new StringWriter();
        new Summary(routes.tally(), routes.intake()).print(new PrintWriter(said, true), folder, many, null, 0);
        assertThat(routes.tally().savedInBatches()).as("half of the list's price").isPositive().isLessThanOrEqualTo(server.batchBill().billedUsd());
        assertThat(said.toString()).contains("batches     " + routes.tally().inBatches() + " answers came in batches, for $" + Usd.plain(routes.tally().savedInBatches()) + " less than alone",
                "cost        $" + Usd.plain(billed));
    }
}
