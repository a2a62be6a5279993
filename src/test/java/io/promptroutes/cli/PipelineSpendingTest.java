package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Settlement;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.model.CostSource;
import io.promptroutes.prompt.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands costs and budgets say of pipelines. */
class PipelineSpendingTest {

    @TempDir
    private Path folder;
    private Path own;

    @BeforeEach
    void spend() {
        own = folder.resolve("ledger");
        try (Ledger ledger = Ledger.open(TestLedgers.made(own))) {
            book(ledger, "tickets", "one", "0.25");
            book(ledger, "tickets", "two", "0.5");
            book(ledger, "batch", "one", "0.125");
            book(ledger, "ask", "one", "0.0625");
            Work given = work("tickets", "three");
            ledger.reused(given, "m", new BigDecimal("0.25")).join();
            ledger.claim(new ClaimRequest(work("moods", "one"), 1, 0, "m", new BigDecimal("0.75"), false)).join(); // its process dies
        }
    }

    private static Work work(String pipeline, String id) {
        return new Work(WorkId.of("p", "t", pipeline + id, new byte[0]), "job", pipeline, id, id, "t", "chat", false);
    }

    private static void book(Ledger ledger, String pipeline, String id, String usd) {
        ClaimAnswer.Reserved claim = (ClaimAnswer.Reserved) ledger.claim(new ClaimRequest(work(pipeline, id), 1, 0, "m", BigDecimal.ONE, false)).join();
        ledger.settle(claim.claimId(), new Settlement(Settlement.State.SUCCEEDED, null, "m", "v", null, new BigDecimal(usd), CostSource.REPORTED, 1L, null, null)).join();
    }

    private String said(String... options) {
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of("-D", "ledger.directory=" + own, "-D", "openrouter.api-key=none"));
        StringWriter out = new StringWriter();
        assertThat(PromptRoutes.execute(line.toArray(String[]::new), new PrintWriter(out), new PrintWriter(System.err))).isZero();
        return out.toString();
    }

    @Test
    void costsAreToldByPipelineAndAddUpToTheTotal() {
        JsonNode rows = Json.tree(said("costs", "--by", "pipeline", "--format", "json").getBytes(StandardCharsets.UTF_8));
        assertThat(rows).extracting(row -> row.path("pipeline").asText() + " " + row.path("requests") + " " + row.path("cost_usd").decimalValue().stripTrailingZeros()
                + " " + row.path("uncertain_usd").decimalValue().stripTrailingZeros() + " " + row.path("reused")).containsExactlyInAnyOrder(
                        "tickets 2 0.75 0 1", "batch 1 0.125 0 0", "ask 1 0.0625 0 0", "moods 1 0 0.75 0");
        JsonNode total = Json.tree(said("costs", "--format", "json").getBytes(StandardCharsets.UTF_8)).get(0);
        assertThat(total.path("cost_usd").decimalValue()).isEqualByComparingTo("0.9375");
        assertThat(total.path("uncertain_usd").decimalValue()).isEqualByComparingTo("0.75");

        assertThat(said("costs", "--by", "pipeline", "--format", "csv").lines()).hasSize(5).first().asString().startsWith("pipeline,requests,cost_usd,");
        assertThat(said("costs", "--by", "pipeline", "--format", "csv").lines()).anyMatch(line -> line.startsWith("tickets,2,0.75,"));
        assertThat(said("costs", "--by", "pipeline").lines()).anyMatch(line -> line.matches("ask +1 +0\\.0625 .*"));
    }

    @Test
    void budgetsOfPipelinesAreListedWithWhatIsLeft() {
        String[] limits = {"-D", "budget.pipeline.tickets.day=2", "-D", "budget.pipeline.*.month=5"};
        List<String> line = new ArrayList<>(List.of("budgets", "list"));
        line.addAll(List.of(limits));
        assertThat(said(line.toArray(String[]::new)).lines().map(one -> one.replaceAll(" +", " ")))
                .anyMatch(one -> one.matches("pipeline tickets \\d{4}-\\d\\d-\\d\\d 2 0\\.75 0 0 1\\.25"))
                .anyMatch(one -> one.matches("pipeline moods \\d{4}-\\d\\d 5 0 0\\.75 0 4\\.25"))
                .anyMatch(one -> one.matches("pipeline ask \\d{4}-\\d\\d 5 0\\.0625 0 0 4\\.9375"))
                .contains("limit: pipeline tickets, $2 a day", "limit: pipeline *, $5 a month");
    }
}
