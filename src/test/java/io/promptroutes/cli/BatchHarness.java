package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A simulator whose batches take a quarter of a second, a ledger, and routes that send prompts in batches at once. */
@Execution(ExecutionMode.CONCURRENT)
abstract class BatchHarness {

    static final String M = "openai/gpt-4.1-mini";

    @TempDir
    Path folder;
    Simulator server;
    Ledger ledger;
    RoutesUnderTest routes;

    void serve(String... keys) {
        Map<String, String> all = new HashMap<>(Map.of("simulator.latency", "2ms", "simulator.batch.validating", "50ms", "simulator.batch.in-progress", "200ms",
                "simulator.batch.finalizing", "0s", "simulator.batch.foreign", "0"));
        put(all, "simulator.", keys);
        if (server == null) {
            server = Simulator.start(Simulated.by(all));
        } else {
            server.configure(Simulated.by(all));
        }
    }

    private static void put(Map<String, String> all, String prefix, String... keys) {
        for (int i = 0; i < keys.length; i += 2) {
            all.put(prefix + keys[i], keys[i + 1]);
        }
    }

    void start(String... keys) {
        Map<String, String> all = new HashMap<>(Map.of("ledger.enabled", "on", "models.fallbacks", "", "fallback.free", "off", "batches.linger", "10s", "batches.tick", "50ms",
                "batches.poll", "100ms", "batches.poll-longest", "300ms", "batches.lost-after", "1s", "batches.quota-wait", "300ms", "prompts.window", "2000"));
        put(all, "", keys);
        ledger = ledger == null ? Ledger.open(TestLedgers.made(folder)) : ledger;
        routes = RoutesUnderTest.start(server.baseUrl().toString(), all, exchange -> { }, ledger);
    }

    @AfterEach
    final void close() throws IOException {
        if (routes != null) {
            routes.close();
        }
        if (ledger != null) {
            ledger.close();
        }
        server.close();
    }

    static String prompt(int n) {
        return prompt(n, M, "");
    }

    static String prompt(int n, String model, String more) {
        return "{\"id\":\"p" + n + "\",\"prompt\":\"Hello " + n + "\",\"model\":\"" + model + "\",\"service_tier\":\"batch\"" + more + "}";
    }

    /** Into one batch, where nothing else parts them, however slow this machine is. */
    List<String> send(int many) {
        List<String> sent = IntStream.range(0, many).mapToObj(n -> routes.send(prompt(n))).toList();
        routes.inputIsOver();
        return sent;
    }

    List<JsonNode> ask(int many) {
        return send(many).stream().map(routes::outcome).toList();
    }

    List<BatchRow> batches() {
        return ledger.batches().since(Instant.EPOCH);
    }

    BigDecimal booked() {
        return TestLedgers.total(ledger).costUsd();
    }

    /** And nothing else answered it. */
    static void wentInABatch(JsonNode outcome) {
        assertThat(outcome.path("service_tier").asText()).as("%s", outcome).isEqualTo("batch");
    }

    static String notes(JsonNode outcome) {
        return outcome.at("/routing/notes").toString();
    }
}
