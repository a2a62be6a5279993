package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Fingerprint;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * 1,000 prompts (property {@code campaign}; profile chaos: 2,000) against a server where nearly every fourth call fails, and half of the failures
 * are billed all the same: the server's books and the job's files must tell the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultCampaignIT {

    private static final int PROMPTS = Integer.getInteger("campaign", 1_000);
    private static final String FREE = "openrouter/free";
    private static final List<String> BUDGETS = List.of("budget", "balanced", "premium");
    private static final List<String> TEXTS = List.of("Write a poem about the number %d.", "Calculate %d plus one.", "Hello, I am number %d.",
            "Compare %d and its square.", "Write a Python function that returns %d.", "Name something that there are %d of.");

    private Path folder;
    private Simulator simulator;
    private Ended ended;
    private Outputs outputs;
    private Bill bill;
    private final Map<String, JsonNode> byId = new HashMap<>();
    private final Map<String, BigDecimal> costs = new HashMap<>();

    @BeforeAll
    void runTheCampaign(@TempDir Path made) throws IOException {
        folder = made;
        simulator = Simulator.start(config());
        String prompts = IntStream.range(0, PROMPTS).mapToObj(FaultCampaignIT::line).collect(Collectors.joining());
        ended = Product.in(folder).calling(simulator).file("prompts.jsonl", prompts)
                .runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "100", "-D", "prompts.window=2000");
        outputs = Outputs.of(folder.resolve("out"));
        bill = simulator.bill();
        Stream.concat(outputs.results().stream(), outputs.deadLetters().stream()).forEach(one -> byId.put(one.path("id").asText(), one));
    }

    /** What a reset, an error inside a 200 and a cut body had cost stands on the server's bill: the hardest case for ours. */
    private static SimulatorConfig config() throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader("""
                simulator.record = true
                simulator.seed = 20261122
                simulator.latency = 80ms
                simulator.retry-after = 1
                simulator.fault.rate-limited = 10
                simulator.fault.server-error = 5
                simulator.fault.reset = 3
                simulator.fault.error-in-200 = 3
                simulator.fault.cut-json = 2
                simulator.reset.billed = true
                simulator.error-in-200.billed = true
                """));
        return Simulated.by(properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(Function.identity(), properties::getProperty)));
    }

    @AfterAll
    void stopSimulator() {
        simulator.close();
    }

    private static String line(int number) {
        return "{\"id\":\"p-%d\",\"prompt\":\"%s\",\"budget\":\"%s\"}%n".formatted(number, text(number), BUDGETS.get(number % 3));
    }

    private static String text(int number) {
        return TEXTS.get(number % TEXTS.size()).formatted(number);
    }

    @Test
    void everyPromptComesOutExactlyOnce() {
        assertThat(ended.exit()).as(ended.err()).isEqualTo(outputs.deadLetters().isEmpty() ? 0 : 1);
        assertThat(Stream.concat(outputs.resultIds().stream(), outputs.deadLetterIds().stream()))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, PROMPTS).mapToObj(number -> "p-" + number).toList());
        // a chain of four models fails with less than one prompt in a hundred thousand
        assertThat(outputs.deadLetters()).hasSizeLessThan(3);
        assertThat(ended.err()).contains(PROMPTS + " in = " + outputs.results().size() + " answered + " + outputs.deadLetters().size()
                + " dead letters");
        assertThat(bill.inFlight()).isZero();
        assertThat(bill.requests()).as("the campaign is one").isGreaterThan(PROMPTS + PROMPTS / 5);
        assertThat(outputs.results()).filteredOn(result -> result.path("fallback").path("level").asInt() > 0).isNotEmpty();
    }

    @Test
    void knownCostsAreThoseOfTheServerToTheLastDigit() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal billed = BigDecimal.ZERO;
        Set<String> ids = new HashSet<>();
        for (JsonNode event : outputs.costs()) {
            assertThat(ids.add(event.path("id").asText())).as("an id twice: %s", event).isTrue();
            JsonNode data = event.path("data");
            String status = data.path("status").asText();
            assertThat(data.path("cost_usd").isNull()).as("%s", event).isEqualTo(status.equals("unknown"));
            if (!status.equals("unknown")) {
                assertThat(data.path("cost_source").asText()).isEqualTo("reported");
                sum = sum.add(data.path("cost_usd").decimalValue());
                billed = billed.add(cost(client, data.path("generation_id").asText()));
            }
        }
        assertThat(sum).isPositive().isEqualByComparingTo(billed);
    }

    @Test
    void theLedgerTellsTheSameCostsByModelAsTheEvents() {
        Map<String, BigDecimal> events = new HashMap<>();
        outputs.costs().stream().map(event -> event.path("data")).filter(data -> data.path("cost_usd").isNumber())
                .filter(data -> data.path("cost_usd").decimalValue().signum() > 0)
                .forEach(data -> events.merge(data.path(data.path("model_used").isNull() ? "model_requested" : "model_used").asText(),
                        data.path("cost_usd").decimalValue(), BigDecimal::add));
        Map<String, BigDecimal> figures = new HashMap<>();
        for (JsonNode row : Outputs.rows(Product.in(folder).calling(simulator).runHere("costs", "--by", "model", "--format", "json").with(0).out())) {
            figures.put(row.path("model").asText(), row.path("cost_usd").decimalValue());
        }
        figures.values().removeIf(usd -> usd.signum() == 0);
        assertThat(figures).hasSizeGreaterThan(2).hasSameSizeAs(events);
        events.forEach((model, usd) -> assertThat(figures.get(model)).as(model).isEqualByComparingTo(usd));
    }

    @Test
    void everyBilledGenerationIsInTheCostsByItsIdOrAsUnknown() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        // by prompt: what the server billed, less what events name by id, is what was reset, and for each reset there is an event
        Map<Boolean, List<JsonNode>> byLookUp = outputs.costs().stream().collect(Collectors.partitioningBy(FaultCampaignIT::lookedUp));
        Map<String, List<JsonNode>> events = byLookUp.get(false).stream().collect(Collectors.groupingBy(event -> event.path("subject").asText()));
        for (JsonNode event : byLookUp.get(true)) {
            assertThat(event.at("/data/cost_usd").decimalValue()).as("looked up").isEqualByComparingTo(cost(client, event.at("/data/generation_id").asText()));
        }
        int unnamed = 0;
        for (int number = 0; number < PROMPTS; number++) {
            Bill.Calls calls = bill.byPrompt().get(fingerprint(number));
            List<JsonNode> own = events.getOrDefault("p-" + number, List.of());
            BigDecimal named = BigDecimal.ZERO;
            long withoutId = 0;
            long freeFailures = calls.billed() - own.size();
            for (JsonNode event : own) {
                JsonNode id = event.path("data").path("generation_id");
                if (id.isTextual()) {
                    named = named.add(cost(client, id.asText()));
                } else {
                    assertThat(event.path("data").path("status").asText()).isEqualTo("unknown");
                    withoutId++;
                }
            }
            unnamed += withoutId;
            // an error inside a free model's 200 costs nothing and makes no event
            assertThat(freeFailures).as("billed calls without an event, prompt %d", number)
                    .isBetween(0L, attempts(number).stream().filter(one -> one.model().equals(FREE)).count());
            if (withoutId == 0) {
                assertThat(named).as("billed for prompt %d", number).isEqualByComparingTo(calls.billedUsd());
            } else {
                assertThat(named).as("billed for prompt %d", number).isLessThanOrEqualTo(calls.billedUsd());
            }
        }
        assertThat(unnamed).as("resets happened").isPositive();
        List<String> cut = byLookUp.get(false).stream().filter(event -> event.at("/data/status").asText().equals("unknown"))
                .map(event -> event.at("/data/generation_id")).filter(JsonNode::isTextual).map(JsonNode::asText).toList();
        assertThat(cut).as("cut bodies are known by their header").isNotEmpty();
        assertThat(byLookUp.get(true)).as("and looked up by it").extracting(event -> event.at("/data/generation_id").asText()).containsAll(cut);
    }

    private static boolean lookedUp(JsonNode event) {
        return event.at("/data/status").asText().equals("looked_up");
    }

    @Test
    void nothingIsCalledMoreOftenThanTheRulesAllow() {
        for (int number = 0; number < PROMPTS; number++) {
            List<Try> attempts = attempts(number);
            assertThat(bill.byPrompt().get(fingerprint(number)).calls()).as("the server's count of calls of prompt %d", number)
                    .isEqualTo(attempts.size());
            Map<String, List<String>> byModel = new HashMap<>();
            attempts.forEach(one -> byModel.computeIfAbsent(one.model(), model -> new ArrayList<>()).add(one.kind()));
            assertThat(byModel).as("models of prompt %d", number).hasSizeLessThanOrEqualTo(4);
            byModel.forEach((model, kinds) -> {
                assertThat(kinds).as("calls of %s", model).hasSizeLessThanOrEqualTo(3);
                // after its second call a model is called again for a 429 only
                if (kinds.size() == 3) {
                    assertThat(kinds.get(1)).as("calls of %s: %s", model, kinds).isEqualTo("rate_limited");
                }
            });
        }
        assertThat(bill.byPrompt()).hasSize(PROMPTS);
    }

    /** One call as the result or dead letter tells it; kind {@code answered} for the last one of a result. */
    private record Try(String model, String kind) {
    }

    private List<Try> attempts(int number) {
        JsonNode result = byId.get("p-" + number);
        boolean answered = result.path("status").asText().equals("success");
        JsonNode failed = answered ? result.path("fallback").path("attempts") : result.path("attempts");
        List<Try> tries = new ArrayList<>();
        failed.forEach(one -> tries.add(new Try(one.path("model").asText(), one.path("error").asText().split(":")[0])));
        if (answered) {
            String model = result.path("model_used").asText();
            tries.add(new Try(model.endsWith(":free") ? FREE : model, "answered")); // a router answers as the model that it chose
        }
        return tries;
    }

    private static String fingerprint(int number) {
        var messages = Json.MAPPER.createArrayNode();
        messages.addObject().put("role", "user").put("content", text(number));
        return Fingerprint.of(messages);
    }

    private BigDecimal cost(HttpClient client, String generation) throws IOException, InterruptedException {
        BigDecimal known = costs.get(generation);
        if (known == null) {
            HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(simulator.baseUrl() + "/generation?id=" + generation))
                    .header("Authorization", "Bearer " + Product.KEY).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as("the server knows generation %s", generation).isEqualTo(200);
            known = Outputs.json(response.body()).path("data").path("total_cost").decimalValue();
            costs.put(generation, known);
        }
        return known;
    }
}
