package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.process.Product.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three instances of the service share topics, a ledger and bad luck: whatever is killed, stopped, frozen or restarted, every record has
 * one outcome, and the server bills nothing that the ledger does not know of. A round's seed decides what happens in which order; after
 * which record follows from it too, what is under way at that moment does not. One short round here; -Pchaos has twenty longer ones, and
 * {@code -Drounds=1 -Dseed=N} with it repeats a single one.
 */
class KafkaChaosIT {

    private static final int ROUNDS = Integer.getInteger("rounds", 1);
    private static final long SEED = Long.getLong("seed", 1);
    private static final int EVENTS = Integer.getInteger("round.events", 4);
    private static final int PROMPTS = Integer.getInteger("round.prompts", 240);
    private static final List<String> BUDGETS = List.of("budget", "balanced", "premium");

    private enum Event { KILL, TERMINATE, START, FREEZE, KILL_BROKER, STOP_BROKER, FAULTS }

    @TempDir
    private Path folder;
    private List<ChaosPipelines.Pipeline> pipelines;
    private ChaosStage stage;
    private Published published;
    private KafkaProducer<String, String> producer;
    private Random random;
    /** Texts of all prompts, by id. */
    private final Map<String, String> texts = new HashMap<>();
    private int records;
    private int broken;
    private int deaths;
    private int frozen;

    /** In a long run each in turn; else those of a user's own, for the shipped one is seen in HandoverIT. */
    private static List<ChaosPipelines> pipelines() {
        return ROUNDS > 1 ? List.of(ChaosPipelines.values()) : List.of(ChaosPipelines.THREE);
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void everyRecordHasOneOutcomeAndNothingIsBilledThatTheLedgerDoesNotKnow(ChaosPipelines pipelines) throws Exception {
        try (ChaosStage around = stage = new ChaosStage(folder, pipelines); Published observer = new Published(stage.brokers(), pipelines);
                KafkaProducer<String, String> sender = new KafkaProducer<>(Map.of("bootstrap.servers", stage.brokers(),
                        "reconnect.backoff.ms", "1000"), new StringSerializer(), new StringSerializer())) {
            this.pipelines = pipelines.all();
            published = observer;
            producer = sender;
            for (int round = 0; round < ROUNDS; round++) {
                round(SEED + round);
            }
        }
    }

    private void round(long seed) throws Exception {
        random = new Random(seed);
        long begun = System.nanoTime();
        say("round with seed %d: %d prompts, %d events", seed, PROMPTS, EVENTS);
        while (stage.instances().size() < 3) {
            stage.startInstance();
        }
        stage.simulator().configure(ChaosStage.simulated(Map.of()));
        Deque<Event> deck = new ArrayDeque<>();
        for (int event = 0; event <= EVENTS; event++) {
            int before = records;
            produce(seed, event * PROMPTS / (EVENTS + 1), (event + 1) * PROMPTS / (EVENTS + 1));
            int wanted = before + random.nextInt(records - before);
            if (event < EVENTS) {
                awaitOutcomes(wanted);
                if (deck.isEmpty()) {
                    List<Event> cards = new ArrayList<>(List.of(Event.values()));
                    Collections.shuffle(cards, random);
                    deck.addAll(cards);
                }
                happen(deck.poll());
                nobodyDiedByItself();
            }
        }
        awaitOutcomes(records);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(published.committed()).isEqualTo(published.taken()));
        judge(begun);
    }

    /** Mostly prompts, to each pipeline in turn; some plain records that are none, and some that come twice. */
    private void produce(long seed, int from, int to) {
        for (int number = from; number < to; number++) {
            ChaosPipelines.Pipeline pipeline = pipelines.get(number % pipelines.size());
            String id = pipeline.topic() + "-s" + seed + "-" + number;
            String text = "What is " + number + " times " + seed + "?";
            String key = pipeline.topic() + "-" + number % 40;
            if (number % 40 == 7) {
                send(pipeline, key, "{broken " + id);
                broken++;
            } else {
                texts.put(id, pipeline.rendered(text));
                String value = "{\"id\":\"%s\",\"%s\":\"%s\",\"budget\":\"%s\"}".formatted(id, pipeline.field(), text, BUDGETS.get(number % 3));
                send(pipeline, key, value);
                if (number % 25 == 3) {
                    send(pipeline, key, value);
                }
            }
        }
        producer.flush();
    }

    private void send(ChaosPipelines.Pipeline pipeline, String key, String value) {
        producer.send(new ProducerRecord<>(pipeline.topic(), key, value));
        records++;
    }

    private void awaitOutcomes(int wanted) {
        await().atMost(Duration.ofSeconds(300)).pollInterval(Duration.ofMillis(100)).until(() -> {
            published.read();
            nobodyDiedByItself();
            return published.sources() >= wanted;
        });
    }

    private void happen(Event event) throws Exception {
        switch (event) {
            case KILL -> kill();
            case TERMINATE -> terminate();
            case START -> say("%s joins", stage.name(stage.startInstance()));
            case FREEZE -> freeze();
            case KILL_BROKER, STOP_BROKER -> {
                say("the broker is %s and started again", event == Event.KILL_BROKER ? "killed" : "stopped");
                stage.restartBroker(event == Event.STOP_BROKER);
            }
            case FAULTS -> faults();
        }
        published.assertCommittedOnesArePublished("after " + event);
    }

    private void kill() throws Exception {
        Running victim = anyInstance();
        say("%s is killed", stage.name(victim));
        stage.instances().remove(victim);
        victim.process().destroyForcibly().waitFor();
        deaths++;
        published.assertCommittedOnesArePublished("after a kill");
        replace();
    }

    private void terminate() {
        Running victim = anyInstance();
        stage.instances().remove(victim);
        long begun = System.nanoTime();
        victim.process().destroy();
        Product.Ended ended = victim.ended(Duration.ofSeconds(60));
        boolean hadBegun = ended.err().contains("prompt-routes: running"); // before that the signal meets the bare JVM
        assertThat(ended.exit()).as(ended.err()).isIn(hadBegun ? List.of(3) : List.of(3, 143));
        say("%s was asked to stop, and had after %.1f s", stage.name(victim), seconds(begun));
        replace();
    }

    /** Dead to the group and to the ledger for a while, and then it goes on where it was. */
    private void freeze() throws Exception {
        Running victim = anyInstance();
        say("%s is frozen for longer than its lease", stage.name(victim));
        ChaosStage.signal(victim, "STOP");
        try {
            await().pollDelay(ChaosStage.LEASE.plusSeconds(2)).atMost(Duration.ofSeconds(30)).until(() -> true);
            published.assertCommittedOnesArePublished("while one is frozen");
        } finally {
            ChaosStage.signal(victim, "CONT");
        }
        frozen++;
    }

    private void faults() {
        Map<String, String> faults = new HashMap<>(Map.of("simulator.seed", "" + random.nextLong(), "simulator.retry-after", "1",
                "simulator.reset.billed", "" + random.nextBoolean(), "simulator.error-in-200.billed", "" + random.nextBoolean()));
        for (String fault : List.of("rate-limited", "server-error", "reset", "error-in-200", "cut-json")) {
            faults.put("simulator.fault." + fault, "" + random.nextInt(12));
        }
        say("the server's faults are now %s", faults);
        stage.simulator().configure(ChaosStage.simulated(faults));
    }

    /** But for the latest, which may not have begun yet. */
    private Running anyInstance() {
        return stage.instances().get(random.nextInt(Math.max(1, stage.instances().size() - 1)));
    }

    private void replace() {
        if (stage.instances().size() < 2 || random.nextInt(10) < 6) {
            say("%s takes its place", stage.name(stage.startInstance()));
        }
    }

    private void nobodyDiedByItself() {
        for (Running instance : stage.instances()) {
            if (!instance.process().isAlive()) {
                throw new AssertionError(stage.name(instance) + " ended by itself:\n" + instance.ended(Duration.ZERO));
            }
        }
    }

    private void judge(long begun) throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> stage.simulator().bill().inFlight() == 0);
        assertThat(published.sources()).isEqualTo(records);
        assertThat(texts.keySet()).allMatch(id -> published.results().containsKey(id) || published.deadLetters().containsKey(id));
        assertThat(published.results().size() + published.deadLetters().size()).as("outcomes of what was asked").isEqualTo(texts.size() + broken);
        ChaosBooks books = ChaosBooks.of(stage.ledger());
        ChaosBooks.Figures figures = books.balance(stage.simulator().bill(), texts);
        say("%d records, %d results, %d dead letters, %d outcomes published again; %s; %.0f s", records, published.results().size(),
                published.deadLetters().size(), published.repeats(), figures, seconds(begun));
        long answered = texts.keySet().stream().filter(published.results()::containsKey).count();
        // a call that goes on in an instance that is dead to the others ends well all the same
        assertThat(figures.succeeded()).as("paid answers").isBetween(answered, answered + (long) frozen * ChaosStage.CONCURRENCY);
        assertThat(figures.named()).as("calls without an outcome").isLessThanOrEqualTo((long) (deaths + frozen) * ChaosStage.CONCURRENCY);
        // costs are still looked up: what the ledger has was published, and is to be read yet
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            published.read();
            assertThat(published.costEvents()).as("cost events").containsAll(books.events());
        });
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static void say(String what, Object... arguments) {
        System.out.printf(Locale.ROOT, "chaos: " + what + "%n", arguments);
    }
}
