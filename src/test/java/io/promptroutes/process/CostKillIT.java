package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.ledger.History;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service that is killed when calls are settled and their cost events are not acknowledged: the topic has all of them in the end. */
class CostKillIT {

    /** Fifty with -Pchaos. */
    private static final int KILLS = Integer.getInteger("cost.kills", 2);
    private static final int PROMPTS = 12;
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    @Timeout(1_800)
    void whatWasSettledIsOnTheTopicOfCostsInTheEnd() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
                Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "20ms")));
                Service service = new Service(Product.in(folder.resolve("work")).calling(simulator), broker.bootstrapServers(), "kills")) {
            service.topics(Map.of());
            for (int kill = 0; kill < KILLS; kill++) {
                String costs = "kafka.topic.costs=kills-costs" + (kill % 2 == 0 ? "-nowhere" : ""); // settled, and nobody takes the events; or somewhere between
                service.start(costs, "costs.resend-every=1s");
                service.produce(kill * PROMPTS, (kill + 1) * PROMPTS);
                int settled = kill * PROMPTS + (kill % 2 == 0 ? PROMPTS : 1);
                await().atMost(SOON).until(() -> settled().size() >= settled);
                service.kill();
            }
            service.start("costs.resend-every=1s");
            await().atMost(SOON).until(() -> settled().size() == KILLS * PROMPTS);
            await().atMost(SOON).untilAsserted(() -> assertThat(sent(service)).isEqualTo(settled()));
            await().atMost(SOON).until(() -> unsent() == 0);
        }
    }

    private static Set<String> sent(Service service) {
        return service.read("costs").stream().map(event -> Json.text(event.value().getBytes(StandardCharsets.UTF_8), "id")).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Ids of the events of all calls that are over. */
    private Set<String> settled() {
        Set<String> ids = new TreeSet<>();
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(folder.resolve("work/data")))) {
            ledger.history().events("pipeline prompts", event -> ids.add(Json.text(event, "id")));
        }
        return ids;
    }

    private int unsent() {
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(folder.resolve("work/data")))) {
            return ledger.history().unsent(History.Event.NONE, Instant.now().plusSeconds(60), 1_000).size();
        }
    }
}
