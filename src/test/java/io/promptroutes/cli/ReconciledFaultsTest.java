package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.app.Endpoint;
import io.promptroutes.call.ApiKey;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.ops.Reconciliation.Difference;
import io.promptroutes.settings.Settings;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A day full of faults, held against the books of the simulator when it is over: what it says of itself, and no false alarm. */
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
        // a connection that is reset sooner may have ended unused: its request is sent again
        simulator = Simulator.start(Simulated.by(Map.ofEntries(Map.entry("simulator.latency", "80ms"), Map.entry("simulator.retry-after", "0"), Map.entry("simulator.record", "true"),
                Map.entry("simulator.management-key", MANAGEMENT), Map.entry("simulator.fault.rate-limited", "5"), Map.entry("simulator.fault.server-error", "5"),
                Map.entry("simulator.fault.reset", "5"), Map.entry("simulator.reset.billed", "true"), Map.entry("simulator.fault.error-in-200", "5"),
                Map.entry("simulator.error-in-200.billed", "true"), Map.entry("simulator.fault.cut-json", "5"), Map.entry("simulator.fault.empty", "5"))));
        ledger = Ledger.open(TestLedgers.made(folder.resolve("data")));
        routes = RoutesUnderTest.start(simulator.baseUrl().toString(), Map.of("prompts.concurrency", "16", "ledger.enabled", "on"), exchange -> { }, ledger);
        for (int i = 0; i < PROMPTS; i++) {
            routes.send("{\"id\":\"p-%d\",\"prompt\":\"Prompt number %d\",\"task\":\"%s\"}".formatted(i, i, i % 2 == 0 ? "code" : "general"));
        }
        await().atMost(Duration.ofSeconds(90)).until(() -> routes.results().size() + routes.deadLetters().size() >= PROMPTS);
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
        assertThat(post("/simulator/clock?advance=1d", "").statusCode()).isEqualTo(200);
        Settings settings = Settings.load(folder, Map.of(), Map.of("openrouter.base-url", simulator.baseUrl().toString(), "openrouter.management-key",
                "file:" + folder.resolve("management"), "catalogue.copy", folder.resolve("models.json").toString()));
        Endpoint endpoint = new Endpoint(settings, new ApiKey(() -> RoutesUnderTest.KEY), "openrouter", true, null);
        return new Reconciling(endpoint, ledger, false, Clock.offset(Clock.systemUTC(), Duration.ofDays(1)), new PrintWriter(said, true)).differences(LocalDate.EPOCH);
    }

    @Test
    void onlyCallsWhoseCostNobodyToldMakeADifference() throws Exception {
        List<Difference> differences = reconciled();

        assertThat(said.toString()).contains("of which 0 are not explained");
        assertThat(TestLedgers.total(ledger).uncertainUsd()).as("there were such calls").isPositive();
        assertThat(differences).isNotEmpty().extracting(Difference::kind).containsOnly("unknown_calls");
        assertThat(differences.stream().map(Difference::part).reduce(TestLedgers.total(ledger).costUsd(), BigDecimal::add)).as("the bill to the last digit")
                .isEqualByComparingTo(simulator.bill().billedUsd());
    }

    @Test
    void anotherProgramOnTheKeyIsSeenBesideThem() throws Exception {
        for (int i = 0; i < 40; i++) {
            other("{\"model\":\"anthropic/claude-sonnet-4.5\",\"max_tokens\":400,\"messages\":[{\"role\":\"user\",\"content\":\"Something else " + i + "\"}]}");
        }

        assertThat(reconciled()).filteredOn(difference -> difference.model().equals("anthropic/claude-sonnet-4.5")).singleElement().extracting(Difference::kind)
                .isEqualTo("other_program");
    }
}
