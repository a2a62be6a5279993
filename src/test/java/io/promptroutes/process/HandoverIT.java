package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.process.Product.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one instance of the service leaves, and another takes up. */
class HandoverIT {

    @TempDir
    private static Path folder;
    private static ChaosStage stage;
    private static Published published;

    @BeforeAll
    static void start() throws Exception {
        stage = new ChaosStage(folder, ChaosPipelines.SHIPPED);
        published = new Published(stage.brokers(), ChaosPipelines.SHIPPED);
    }

    @AfterEach
    void stopInstances() {
        stage.instances().forEach(instance -> instance.process().destroyForcibly());
        stage.instances().clear();
    }

    @AfterAll
    static void stop() throws Exception {
        published.close();
        stage.close();
    }

    @Test
    void anInstanceThatStopsLeavesNothingToWaitFor() throws Exception {
        stage.simulator().configure(ChaosStage.simulated(Map.of("simulator.fault.rate-limited", "100", "simulator.retry-after", "4")));
        long calls = stage.simulator().bill().requests();
        send("stopped");
        Running first = stage.startInstance("-D", "ledger.lease=5m");
        await().atMost(Duration.ofSeconds(180)).until(() -> stage.simulator().bill().requests() > calls);
        stage.simulator().configure(ChaosStage.simulated(Map.of()));
        first.process().destroy();
        first.ended(Duration.ofSeconds(60)).with(3);
        assertThat(stage.simulator().bill().completions()).as("it was put back").isZero();

        stage.startInstance("-D", "ledger.lease=5m");
        awaitResult("stopped", Duration.ofSeconds(180)); // the lease would be five minutes
        published.assertCommittedOnesArePublished("at the end");
    }

    /** Some of their models are being called, others wait for a permit: all of it is left to the next instance, nothing is a dead letter. */
    @Test
    void comparisonsUnderWayAreLeftToTheNextInstance() throws Exception {
        stage.simulator().configure(ChaosStage.simulated(Map.of("simulator.latency.min", "1500ms", "simulator.latency.max", "1500ms")));
        long calls = stage.simulator().bill().requests();
        List<String> ids = IntStream.range(0, 12).mapToObj(number -> "compared-" + number).toList();
        ids.forEach(id -> send(id, ",\"strategy\":\"compare\",\"comparison\":\"cost\""));
        Running first = stage.startInstance("-D", "ledger.lease=5m", "-D", "prompts.concurrency=4", "-D", "kafka.drain=3s");
        await().atMost(Duration.ofSeconds(180)).until(() -> stage.simulator().bill().requests() > calls + 4);
        stage.simulator().configure(ChaosStage.simulated(Map.of()));
        first.process().destroy();
        first.ended(Duration.ofSeconds(30)).with(3);

        stage.startInstance("-D", "ledger.lease=5m");
        ids.forEach(id -> awaitResult(id, Duration.ofSeconds(180)));
        assertThat(published.deadLetters()).isEmpty();
        published.assertCommittedOnesArePublished("at the end");
    }

    /** The process is dead to the others while its call runs, and goes on when another has answered the prompt. */
    @Test
    void aDeadLetterOfAnInstanceThatWasTakenForDeadDoesNotStandBesideTheAnswerOfAnother() throws Exception {
        stage.simulator().configure(ChaosStage.simulated(Map.of("simulator.fault.server-error", "100", "simulator.latency.min", "4s",
                "simulator.latency.max", "4s")));
        long calls = stage.simulator().bill().requests();
        send("frozen");
        String[] oneCall = {"-D", "models.current.fallbacks=", "-D", "retry.provider-error.calls=1"};
        Running first = stage.startInstance(oneCall);
        await().atMost(Duration.ofSeconds(180)).until(() -> stage.simulator().bill().requests() > calls);
        ChaosStage.signal(first, "STOP");
        stage.simulator().configure(ChaosStage.simulated(Map.of()));
        stage.startInstance(oneCall);
        awaitResult("frozen", Duration.ofSeconds(180));
        ChaosStage.signal(first, "CONT");

        // its claim was called again by the other; now it says itself what came of it
        await().atMost(Duration.ofSeconds(120)).until(() -> ChaosBooks.of(stage.ledger()).claims().get("frozen").stream()
                .anyMatch(claim -> Set.of("failed", "unknown").contains(claim.state())));
        first.process().destroy();
        first.ended(Duration.ofSeconds(60)).with(3);
        published.read(); // fails where it is a dead letter as well
        assertThat(published.results()).containsKey("frozen");
        assertThat(published.deadLetters()).isEmpty();
    }

    private static void awaitResult(String id, Duration within) {
        await().atMost(within).until(() -> {
            published.read();
            return published.results().containsKey(id);
        });
    }

    private static void send(String id) {
        send(id, "");
    }

    private static void send(String id, String fields) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", stage.brokers()),
                new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("prompts", "key", "{\"id\":\"" + id + "\",\"prompt\":\"Say " + id + ".\"" + fields + "}"));
        }
    }
}
