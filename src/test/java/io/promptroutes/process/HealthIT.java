package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What is no prompt's fault pauses the service: it says why in words, takes nothing more, dead-letters nothing, and goes on by itself.
 * The service as a process, against a real broker.
 */
@Execution(ExecutionMode.CONCURRENT)
class HealthIT {

    private static final Map<String, String> GOOD = Map.of("simulator.latency.min", "20ms", "simulator.latency.max", "40ms", "simulator.record", "true");

    @TempDir
    private static Path folder;
    private static KafkaBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start(folder.resolve("broker"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Service service(TestInfo test, Simulator simulator) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        Service service = new Service(Product.in(folder.resolve(name)).calling(simulator).with("PGPASS", "postgres"), broker.bootstrapServers(), name);
        service.topics(Map.of());
        return service;
    }

    private static SimulatorConfig good(String... more) {
        Map<String, String> keys = new HashMap<>(GOOD);
        for (String key : more) {
            keys.put("simulator." + key.substring(0, key.indexOf('=')), key.substring(key.indexOf('=') + 1));
        }
        return Simulated.by(keys);
    }

    /** Each of so many prompts has one result, none a dead letter, and the offsets are committed to the end. */
    private static void assertAllAnswered(Service service, int prompts) throws IOException {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).isEqualTo(prompts));
        // what was finished behind an unfinished record when the service stopped is published again
        Map<String, String> generations = new HashMap<>();
        for (ConsumerRecord<String, String> result : service.read("results")) {
            String generation = Json.MAPPER.readTree(result.value()).path("generation_id").asText();
            assertThat(generations.put(Service.header(result, "prompt-id"), generation)).as("two different results").isIn(null, generation);
        }
        assertThat(generations).hasSize(prompts);
        assertThat(service.read("dead-letters")).isEmpty();
        service.awaitReady();
    }

    /** Paused, the service takes no more than its window: the rest of the topic waits in the broker. */
    private static void assertHolds(Service service, Simulator simulator, int prompts) throws Exception {
        service.produce(1_000, 1_000 + prompts);
        assertThat(service.read("dead-letters")).isEmpty();
        assertThat(service.committed()).isLessThan(prompts);
        assertThat(simulator.bill().completions()).isLessThan(prompts);
    }

    @Test
    void aRefusedKeyAndAnUnreachableOpenRouterPauseUntilTheyAreGoodAgain(TestInfo test) throws Exception {
        int port = KafkaBroker.freePort();
        try (Simulator simulator = Simulator.start(good("key-refused-after=5", "port=" + port)); Service service = service(test, simulator)) {
            service.produce(0, 30);
            service.start("health.openrouter-every=1s");
            service.awaitUnready("intake", "OpenRouter refused the API key");
            service.awaitUnready("key", "OpenRouter refuses the key (HTTP 401)");
            assertHolds(service, simulator, 100);
            simulator.configure(good());
            assertAllAnswered(service, 130);
            assertThat(simulator.bill().completions()).isEqualTo(130);
            assertThat(service.err()).doesNotContain(Product.KEY);

            simulator.close();
            service.awaitUnready("openrouter", "OpenRouter cannot be reached: "); // with nothing to do
            service.produce(200, 220);
            service.awaitUnready("intake", "no model can be called: unreachable");
            service.produce(220, 250);
            assertThat(service.read("dead-letters")).isEmpty();
            try (Simulator back = Simulator.start(good("port=" + port))) {
                assertAllAnswered(service, 180);
                assertThat(back.bill().completions()).as("those that were not answered before").isEqualTo(50);
            }
        }
    }

    @Test
    void anExhaustedBudgetPausesAndAHigherOneGoesOn(TestInfo test) throws Exception {
        try (Simulator simulator = Simulator.start(good()); Service service = service(test, simulator)) {
            service.produce(0, 60);
            service.start("budget.total.month=0.005");
            service.awaitUnready("intake", "budget exhausted: total limit of $0.005");
            assertHolds(service, simulator, 40);
            assertThat(simulator.bill().billedUsd()).isLessThanOrEqualTo(new BigDecimal("0.005"));
            service.stop();
            service.start("budget.total.month=5");
            assertAllAnswered(service, 100);
            assertThat(simulator.bill().completions()).isEqualTo(100);
        }
    }

    @Test
    void aLostLedgerPausesUntilItIsBackAndNothingIsCalledWithoutIt(TestInfo test) throws Exception {
        EmbeddedPostgres postgres = postgres(0);
        int port = postgres.getPort();
        try (Simulator simulator = Simulator.start(good()); Service service = service(test, simulator)) {
            service.produce(0, 20);
            service.start("ledger.url=jdbc:postgresql://localhost:" + port + "/postgres", "ledger.user=postgres", "ledger.password=env:PGPASS",
                    "publish.retry-millis=300");
            await().atMost(Duration.ofSeconds(60)).until(() -> service.committed() == 20);
            postgres.close();
            service.awaitUnready("ledger", "the ledger's database");
            service.produce(20, 60);
            service.awaitUnready("intake", "the ledger cannot be had");
            assertThat(simulator.bill().completions()).as("nothing is called without a claim").isEqualTo(20);
            postgres = postgres(port);
            assertAllAnswered(service, 60);
            assertThat(simulator.bill().completions()).isEqualTo(60);
        } finally {
            postgres.close();
        }
    }

    private static EmbeddedPostgres postgres(int port) throws IOException {
        return EmbeddedPostgres.builder().setDataDirectory(folder.resolve("postgres")).setCleanDataDirectory(false).setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60)).start();
    }

    @Test
    void aLostBrokerIsToldAndComesBack() throws Exception {
        int port = KafkaBroker.freePort();
        int controller = KafkaBroker.freePort();
        Path data = folder.resolve("lost-broker");
        Process process = KafkaBroker.startProcess(data, port, controller);
        try (Simulator simulator = Simulator.start(good());
                Service service = new Service(Product.in(folder.resolve("lost")).calling(simulator), "localhost:" + port, "lost")) {
            service.topics(Map.of());
            service.produce(0, 20);
            service.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> service.committed() == 20);
            process.destroyForcibly().waitFor();
            service.awaitUnready("broker", "no Kafka broker answers at localhost:" + port);
            process = KafkaBroker.startProcess(data, port, controller);
            service.produce(20, 40);
            assertAllAnswered(service, 40);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A route of the user's own never ends for a record: neither answered nor dead-lettered, it would be a hole for ever. */
    @Test
    void aRecordThatIsLostOnTheWayIsNamed(TestInfo test) throws Exception {
        try (Simulator simulator = Simulator.start(good()); Service service = service(test, simulator)) {
            String shipped = Files.readString(Path.of("routes/prompts.camel.yaml"));
            String losing = shipped.replace("        - to:\n            id: answer\n", """
                            - choice:
                                id: lost-or-not
                                when:
                                  - id: lost
                                    expression:
                                      simple:
                                        expression: "${body.length} > 200"
                                    steps:
                                      - delay:
                                          id: lost-here
                                          asyncDelayed: true
                                          expression:
                                            constant:
                                              expression: "3600000"
                            - to:
                                id: answer
                    """);
            assertThat(losing).isNotEqualTo(shipped);
            Product.in(folder.resolve(test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT))).file("routes/prompts.camel.yaml", losing);
            service.produce(0, 5);
            service.send("{\"prompt\":\"" + "long ".repeat(60) + "\"}");
            service.start("prompts.deadline=3s", "prompts.window=4", "kafka.drain=1s");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.read("results").size() + service.read("dead-letters").size())
                    .as("the others go on").isEqualTo(5));
            service.awaitUnready("oldest-record", "of " + service.topic("prompts") + "-");
            assertThat(service.unready().get("oldest-record")).contains("the record at offset ", " s ago and is unfinished", "a defect");
        }
    }

    /** With one: ProbesIT. */
    @Test
    void thePortIsForThisMachineUnlessThereIsAToken() throws Exception {
        try (Simulator simulator = Simulator.start(good())) {
            Product product = Product.in(folder.resolve("port")).calling(simulator);
            product.runHere("run", "-D", "pipelines=inbox", "-D", "inbox.directory=in", "-D", "management.host=0.0.0.0").with(2);
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Product.Ended ended = product.runHere("run", "-D", "pipelines=inbox", "-D", "inbox.directory=in",
                        "-D", "management.port=" + taken.getLocalPort()).with(2);
                assertThat(ended.err()).contains("the management port 127.0.0.1:" + taken.getLocalPort() + " cannot be had").doesNotContain("\tat ");
            }
        }
    }
}
