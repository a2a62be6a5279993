package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * What the service needs around it, each a thing that can go wrong: a broker in a process of its own, PostgreSQL, a server with faults; and
 * instances of the service. For one thread.
 */
final class ChaosStage implements AutoCloseable {

    static final int CONCURRENCY = 10;
    /** Of the ledger; a frozen instance is dead to the others after this. */
    static final Duration LEASE = Duration.ofSeconds(6);
    /** In milliseconds, of the consumer group: a killed instance's partitions move after this. */
    private static final int SESSION = 4_000;
    private static final int PARTITIONS = 6;
    private static final List<String> TOPICS = List.of("prompt-costs", "prompt-dead-letters", "prompt-alerts");

    private final Path folder;
    private final int port;
    private final int controller;
    private Process broker;
    private final EmbeddedPostgres postgres;
    private final Simulator simulator;
    private final List<Running> instances = new ArrayList<>();
    private int started;
    private final ChaosPipelines pipelines;

    ChaosStage(Path folder, ChaosPipelines pipelines) throws Exception {
        this.folder = folder;
        this.pipelines = pipelines;
        port = KafkaBroker.freePort();
        controller = KafkaBroker.freePort();
        CompletableFuture<EmbeddedPostgres> database = CompletableFuture.supplyAsync(ChaosStage::postgres);
        startBroker();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()))) {
            admin.createTopics(Stream.concat(TOPICS.stream(), pipelines.topics()).map(name -> new NewTopic(name, PARTITIONS, (short) 1)).toList()).all().get();
        }
        postgres = database.get();
        simulator = Simulator.start(simulated(Map.of()));
    }

    private static EmbeddedPostgres postgres() {
        try {
            return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60)).start();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    String brokers() {
        return "localhost:" + port;
    }

    Simulator simulator() {
        return simulator;
    }

    DataSource ledger() {
        return postgres.getPostgresDatabase();
    }

    /** @param faults keys of the simulator, on top of the usual ones */
    static SimulatorConfig simulated(Map<String, String> faults) {
        Map<String, String> all = new HashMap<>(Map.of("simulator.record", "true", "simulator.latency.min", "50ms", "simulator.latency.max", "400ms"));
        all.putAll(faults);
        return Simulated.by(all);
    }

    void startBroker() throws IOException, InterruptedException {
        broker = KafkaBroker.startProcess(folder.resolve("broker"), port, controller);
    }

    /** @param clean with a SIGTERM, so that it can put its files in order */
    void restartBroker(boolean clean) throws IOException, InterruptedException {
        if (clean) {
            broker.destroy();
        } else {
            broker.destroyForcibly();
        }
        broker.waitFor();
        startBroker();
    }

    /** One more instance of the service; does not wait until it works. @param more arguments, which beat the usual ones */
    Running startInstance(String... more) {
        List<String> arguments = new ArrayList<>(List.of("run", "-D", "management.port=",
                "-D", "kafka.brokers=" + brokers(), "-D", "prompts.concurrency=" + CONCURRENCY, "-D", "kafka.drain=5s",
                "-D", "kafka.client.session.timeout.ms=" + SESSION, "-D", "kafka.client.heartbeat.interval.ms=500",
                "-D", "ledger.url=jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres", "-D", "ledger.user=postgres",
                "-D", "ledger.password=env:PGPASS", "-D", "ledger.lease=" + LEASE.toSeconds() + "s", "-D", "retry.backoff=100ms",
                "-D", "costs.resend-every=2s", "-D", "pause.first-look=500ms"));
        arguments.addAll(List.of(more));
        Product product = Product.in(folder.resolve("instance-" + ++started)).calling(simulator).with("PGPASS", "postgres");
        pipelines.files().forEach(product::file);
        Running instance = product.start(arguments.toArray(String[]::new));
        instances.add(instance);
        return instance;
    }

    /** Those that were started and not taken off. */
    List<Running> instances() {
        return instances;
    }

    static void signal(Running instance, String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, "" + instance.process().pid()).inheritIO().start().waitFor()).isZero();
    }

    String name(Running instance) {
        return instance.out().getParent().getFileName().toString();
    }

    @Override
    public void close() throws IOException {
        instances.forEach(instance -> instance.process().destroyForcibly());
        instances.forEach(instance -> instance.ended(Duration.ofSeconds(10)));
        broker.destroyForcibly();
        simulator.close();
        postgres.close();
    }
}
