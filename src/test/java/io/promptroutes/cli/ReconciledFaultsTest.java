package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.app.Endpoint;
import io.promptroutes.call.ApiKey;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Settlement;
import io.promptroutes.ledger.Settlement.State;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import io.promptroutes.ops.Reconciliation.Difference;
import io.promptroutes.settings.Settings;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A day full of faults, of calls and of batches, held against the books of the simulator when it is over: what it says of itself, and no false alarm. */
@Timeout(120)
class ReconciledFaultsTest {

    private static final int PROMPTS = 200;
    private static final String MANAGEMENT = "sk-or-v1-management";

    @TempDir
    private Path folder;
    private Simulator simulator;
    private Ledger ledger;
    private RoutesUnderTest routes;
    private final StringWriter said = new StringWriter();

    @BeforeEach
    void faults() throws IOException {
        Files.writeString(folder.resolve("management"), MANAGEMENT);
        simulator = Simulator.start(simulated(Map.of("simulator.fault.rate-limited", "5", "simulator.fault.server-error", "5",
                "simulator.fault.reset", "5", "simulator.reset.billed", "true", "simulator.fault.error-in-200", "5",
                "simulator.error-in-200.billed", "true", "simulator.fault.cut-json", "5", "simulator.fault.empty", "5", "simulator.batch.faults", "line:1, batch.failed:10, poll.500:5, submit.reset-committed:20")));
        ledger = Ledger.open(TestLedgers.made(folder.resolve("data")));
        routes = RoutesUnderTest.start(simulator.baseUrl().toString(), Map.of("prompts.concurrency", "16", "ledger.enabled", "on", "batches.requests", "25", "batches.linger", "1s",
                "batches.tick", "50ms", "batches.poll", "100ms", "batches.poll-longest", "300ms", "batches.lost-after", "1s"), exchange -> { }, ledger);
        for (int i = 0; i < PROMPTS; i++) {
            routes.send("{\"id\":\"p-%d\",\"prompt\":\"Prompt number %d\",\"task\":\"%s\"}".formatted(i, i, i % 2 == 0 ? "code" : "general"));
            sendBatched("openai/gpt-4.1-mini", i);
        }
        await().atMost(Duration.ofSeconds(90)).until(() -> routes.results().size() + routes.deadLetters().size() >= 2 * PROMPTS);
    }

    private static SimulatorConfig simulated(Map<String, String> keys) {
        // a connection that is reset sooner may have ended unused: its request is sent again
        Map<String, String> all = new HashMap<>(Map.of("simulator.latency", "80ms", "simulator.retry-after", "0", "simulator.record", "true", "simulator.management-key", MANAGEMENT));
        all.putAll(keys);
        return Simulated.by(all);
    }

    private String sendBatched(String model, int n) {
        return routes.send("{\"id\":\"%s-%d\",\"prompt\":\"Prompt number %d\",\"model\":\"%s\",\"service_tier\":\"batch\"}".formatted(model, n, n, model));
    }

    private BigDecimal billed() {
        return simulator.bill().billedUsd().add(simulator.batchBill().billedUsd());
    }

    @AfterEach
    void close() {
        routes.close();
        ledger.close();
        simulator.close();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path)).header("Authorization", "Bearer " + RoutesUnderTest.KEY)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Answered or not. */
    private void other(String body) throws InterruptedException {
        try {
            post("/chat/completions", body);
        } catch (IOException reset) {
            // a fault that happened to somebody else
        }
    }

    /** On the next day. */
    private List<Difference> reconciled() throws IOException, InterruptedException {
        return reconciled(1);
    }

    /** @param days that have passed when that is done */
    private List<Difference> reconciled(int days) throws IOException, InterruptedException {
        assertThat(post("/simulator/clock?advance=1d", "").statusCode()).isEqualTo(200);
        Settings settings = Settings.load(folder, Map.of(), Map.of("openrouter.base-url", simulator.baseUrl().toString(), "openrouter.management-key",
                "file:" + folder.resolve("management"), "catalogue.copy", folder.resolve("models.json").toString()));
        Endpoint endpoint = new Endpoint(settings, new ApiKey(() -> RoutesUnderTest.KEY), "openrouter", true, null);
        return new Reconciling(endpoint, ledger, false, Clock.offset(Clock.systemUTC(), Duration.ofDays(days)), new PrintWriter(said, true)).differences(LocalDate.EPOCH);
    }

    @Test
    void onlyCallsWhoseCostNobodyToldMakeADifference() throws Exception {
        List<Difference> differences = reconciled();

        assertThat(said.toString()).contains("of which 0 are not explained");
        assertThat(TestLedgers.total(ledger).uncertainUsd()).as("there were such calls").isPositive();
        assertThat(differences).isNotEmpty().extracting(Difference::kind).containsOnly("unknown_calls");
        assertThat(differences.stream().map(Difference::part).reduce(TestLedgers.total(ledger).costUsd(), BigDecimal::add)).as("the bill to the last digit")
                .isEqualByComparingTo(billed());
        assertThat(simulator.batchBill().billedLines()).isGreaterThan(PROMPTS / 2);
    }

    @Test
    void anotherProgramOnTheKeyIsSeenBesideThem() throws Exception {
        for (int i = 0; i < 40; i++) {
            other("{\"model\":\"anthropic/claude-sonnet-4.5\",\"max_tokens\":400,\"messages\":[{\"role\":\"user\",\"content\":\"Something else " + i + "\"}]}");
        }

        assertThat(reconciled()).filteredOn(difference -> difference.model().equals("anthropic/claude-sonnet-4.5")).singleElement().extracting(Difference::kind)
                .isEqualTo("other_program");
    }

    /** Calls whose cost nobody told are among the faults of the day. */
    @Test
    void fourMorePlantedDifferencesAreNamedAndNothingElse() throws Exception {
        simulator.configure(simulated(Map.of("simulator.batch.byok", "true", "simulator.batch.validating", "0s", "simulator.batch.in-progress", "0s", "simulator.batch.finalizing", "0s")));
        BigDecimal together = simulator.batchBill().billedUsd();
        assertThat(post("/batches", "{\"endpoint\":\"/v1/chat/completions\",\"model\":\"anthropic/claude-haiku-4.5\",\"requests\":[{\"custom_id\":\"1\",\"body\":"
                + "{\"messages\":[{\"role\":\"user\",\"content\":\"A line of ours\"}]}}]}").statusCode()).isEqualTo(202);
        book("anthropic/claude-haiku-4.5", simulator.batchBill().billedUsd().subtract(together), CostSource.REPORTED); // the fee alone, as by an answer that tells no more
        simulator.configure(simulated(Map.of("simulator.batch.in-progress", "24h")));
        String late = sendBatched("google/gemini-2.5-flash", 1);
        await().until(() -> simulator.batchBill().byBatch().values().stream().anyMatch(batch -> batch.status().equals("in_progress")));
        other("{\"model\":\"anthropic/claude-sonnet-4.5\",\"max_tokens\":400,\"messages\":[{\"role\":\"user\",\"content\":\"Something else\"}]}");
        BigDecimal before = simulator.bill().billedUsd();
        other("{\"model\":\"z-ai/glm-5.2\",\"max_tokens\":400,\"messages\":[{\"role\":\"user\",\"content\":\"A call of ours\"}]}");
        book("z-ai/glm-5.2", simulator.bill().billedUsd().subtract(before).add(new BigDecimal("0.001")), CostSource.ESTIMATED);
        assertThat(post("/simulator/clock?advance=1d", "").statusCode()).isEqualTo(200);
        assertThat(routes.outcome(late).path("service_tier").asText()).isEqualTo("batch");

        List<Difference> differences = reconciled(2);
        assertThat(said.toString()).contains("of which 0 are not explained");
        assertThat(differences).filteredOn(difference -> !difference.kind().equals("unknown_calls")).extracting(difference -> difference.model() + " " + difference.kind())
                .containsExactlyInAnyOrder("anthropic/claude-haiku-4.5 byok", "google/gemini-2.5-flash batches", "google/gemini-2.5-flash batches", "anthropic/claude-sonnet-4.5 other_program",
                        "z-ai/glm-5.2 estimates");
        assertThat(differences).extracting(Difference::kind).contains("unknown_calls");
    }

    private void book(String model, BigDecimal usd, CostSource source) {
        Work work = new Work(WorkId.of("openrouter", "school", model, new byte[0]), "job", "batch", "id", "id", "school", "chat", false);
        ClaimAnswer.Reserved claim = (ClaimAnswer.Reserved) ledger.claim(new ClaimRequest(work, 1, 0, model, usd, false)).join();
        ledger.settle(claim.claimId(), new Settlement(State.SUCCEEDED, null, model, "Vendor", new Usage(120, 30, 0, 0, 0, 150, null), usd, source, 1L, null, null, false,
                null)).join();
    }
}
