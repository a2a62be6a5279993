package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Fingerprint;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The same command again goes on where the last run was, however that ended: nothing is asked twice that can be helped, and what cannot
 * is counted. Property {@code kills} (profile chaos: 100) says how many kills must land with calls in flight.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ResumeIT {

    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int CONCURRENCY = 64;
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final String FREE = "openrouter/free,google/gemma-4-26b-a4b-it:free,nvidia/nemotron-3-nano-30b-a3b:free,"
            + "nvidia/nemotron-3-super-120b-a12b:free";

    @TempDir
    private Path folder;
    private Simulator simulator;

    @AfterEach
    void stopSimulator() {
        if (simulator != null) {
            simulator.close();
        }
    }

    /** What kills came to, over all batches. */
    private static final class Toll {
        private int kills;
        private long inFlight;
        private long extra;
        private long ambiguous;
        private int batches;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void killsCostAtMostTheCallsThatWereInFlightAndAllOfThemAreCounted() throws Exception {
        Random random = new Random(20261122);
        Toll toll = new Toll();
        while (toll.kills < KILLS) {
            assertThat(toll.batches++).as("batches in which no kill landed").isLessThan(2 * KILLS + 5);
            try (Simulator server = Simulator.start(config(Map.of("simulator.latency", "200ms")))) {
                killInOneBatch(server, toll, random);
            }
        }
        System.out.printf("%d kills in %d batches: %d calls in flight, %d billed beyond one a prompt, %d ambiguous in the ledger%n", toll.kills,
                toll.batches, toll.inFlight, toll.extra, toll.ambiguous);
        assertThat(toll.extra).isPositive().isLessThanOrEqualTo(toll.inFlight).isLessThanOrEqualTo(toll.ambiguous);
    }

    /** One to three kills (one: so that the summary tells of all that was made again), each a moment after some more results. */
    private void killInOneBatch(Simulator server, Toll toll, Random random) throws Exception {
        int prompts = Integer.getInteger("kills.prompts", 400);
        Path home = folder.resolve("batch-" + toll.batches);
        Product product = Product.in(home).calling(server).file("prompts.jsonl", numbered(prompts));
        Path results = home.resolve("out/results.jsonl");
        String[] command = {"batch", "prompts.jsonl", "--out", "out", "--concurrency", "" + CONCURRENCY};
        int kills = 0;
        Map<String, Bill.Calls> before = Map.of();
        Running running = product.start(command);
        while (kills < 1 + (toll.batches - 1) % 3 && toll.kills < KILLS && killed(server, running, results, lines(results) + 20 + random.nextInt(prompts / 4))) {
            await().atMost(SOON).until(() -> server.bill().inFlight() == 0);
            // called by this run, and no result in the file: under way at the kill, here or at the server
            Map<String, Bill.Calls> now = server.bill().byPrompt();
            String answered = Files.readString(results);
            long inFlight = 0;
            for (int number = 0; number < prompts; number++) {
                String name = fingerprint(text(number));
                inFlight += answered.contains("\"id\":\"p-" + number + "\"") ? 0 : calls(now, name) - calls(before, name);
            }
            before = now;
            toll.inFlight += inFlight;
            kills++;
            toll.kills++;
            running = product.start(command);
        }
        Ended ended = running.ended(SOON).with(0);
        Bill bill = server.bill();
        Outputs outputs = Outputs.of(home.resolve("out"));
        assertThat(outputs.resultIds()).containsExactlyInAnyOrderElementsOf(ids(prompts));
        assertThat(outputs.deadLetters()).isEmpty();
        assertThat(bill.byPrompt()).hasSize(prompts);

        Map<String, Long> retried = retried(home.resolve("data"));
        long ambiguous = retried.values().stream().mapToLong(Long::longValue).sum();
        for (int number = 0; number < prompts; number++) {
            Bill.Calls calls = bill.byPrompt().get(fingerprint(text(number)));
            assertThat(calls.billed() - 1).as("calls of prompt %d beyond one, and the ledger's count of them", number)
                    .isLessThanOrEqualTo(retried.getOrDefault("p-" + number, 0L));
        }
        assertThat(ambiguous).as("in the ledger after %d kills", kills).isLessThanOrEqualTo((long) kills * CONCURRENCY);
        if (kills == 1) {
            assertThat(told(ended)).as("in the summary").isEqualTo(ambiguous);
        }
        toll.ambiguous += ambiguous;
        toll.extra += bill.completions() - prompts;
        booksAgree(product, outputs, bill);
    }

    /** Long enough for the ledger to have learnt OpenRouter's ids: what was billed is known to the last digit in the end. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void callsThatWereUnderWayForLongAreLookedUpBeforeTheyAreMadeAgain() throws Exception {
        Product product = job(numbered(8));
        simulator.configure(config(Map.of("simulator.latency", "4s")));
        String[] command = {"batch", "prompts.jsonl", "--out", "out"};
        Running running = product.start(command);
        await().atMost(SOON).until(() -> simulator.bill().inFlight() == 8);
        await().pollDelay(Duration.ofMillis(2_500)).until(() -> true); // no sign of it comes out of the process
        assertThat(simulator.bill().inFlight()).as("a machine too slow for this test").isEqualTo(8);
        running.process().destroyForcibly().waitFor();
        await().atMost(SOON).until(() -> simulator.bill().inFlight() == 0);

        simulator.configure(config(Map.of()));
        Ended ended = product.run(command).with(0);
        assertThat(ended.err()).contains("looked up   8 calls of unknown cost came to $");
        assertThat(simulator.bill().completions()).isEqualTo(16);
        BigDecimal events = outputs().costs().stream().map(event -> event.at("/data/cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(events).isEqualByComparingTo(simulator.bill().billedUsd());
        JsonNode total = Outputs.rows(product.runHere("costs", "--format", "json").with(0).out()).get(0);
        assertThat(total.path("cost_usd").decimalValue()).isEqualByComparingTo(simulator.bill().billedUsd());
        assertThat(total.path("uncertain_usd").decimalValue()).isZero();
    }

    /** Each prompt's call costs the same each time: what is known of it is one of its calls, and those that were looked up because the machine was slow. */
    private static void booksAgree(Product product, Outputs outputs, Bill bill) {
        BigDecimal once = bill.byPrompt().values().stream().map(calls -> calls.billedUsd().divide(BigDecimal.valueOf(calls.billed())))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal events = outputs.costs().stream().map(event -> event.at("/data/cost_usd")).filter(JsonNode::isNumber)
                .map(JsonNode::decimalValue).reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(events).isPositive().isBetween(once, bill.billedUsd());
        JsonNode total = Outputs.rows(product.runHere("costs", "--format", "json").with(0).out()).get(0);
        assertThat(total.path("cost_usd").decimalValue()).isEqualByComparingTo(events);
    }

    private static long calls(Map<String, Bill.Calls> bill, String name) {
        return bill.containsKey(name) ? bill.get(name).calls() : 0;
    }

    /** Whether the process died by the signal, sent at a moment when calls were in flight. */
    private static boolean killed(Simulator server, Running running, Path results, long least) throws InterruptedException {
        await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> !running.process().isAlive()
                || lines(results) >= least && server.bill().inFlight() > 0);
        boolean alive = running.process().isAlive();
        return running.process().destroyForcibly().waitFor() != 0 && alive;
    }

    /** By prompt: calls that a killed process had under way and that were made again. */
    private static Map<String, Long> retried(Path data) {
        Map<String, Long> counts = new HashMap<>();
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(data)); Connection connection = ledger.dataSource().getConnection();
                ResultSet rows = connection.createStatement().executeQuery("SELECT prompt_id, COUNT(*) FROM claims c JOIN works w"
                        + " ON w.work_id = c.work_id WHERE c.state = 'retried' GROUP BY prompt_id")) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
            return counts;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static long told(Ended ended) {
        return ended.err().lines().filter(line -> line.startsWith("ambiguous")).mapToLong(line -> Long.parseLong(line.split("\\s+")[1])).sum();
    }

    @Test
    void theSameCommandAgainCallsNothingAndChangesNoFile() throws Exception {
        Product product = job(numbered(20));
        String[] command = {"batch", "prompts.jsonl", "--out", "out"};
        product.runHere(command).with(0);
        Map<String, String> before = files();
        long calls = simulator.bill().requests();
        Ended again = product.runHere(command).with(0);
        assertThat(again.err()).contains("reused      20 answers worth $", "paid $0 now");
        assertThat(again.err()).doesNotContain("worth $0,");
        assertThat(simulator.bill().requests()).isEqualTo(calls).isEqualTo(20);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void anEditedPromptUnderAnOldIdIsCalledAndTakesItsLine() {
        Product product = job(numbered(20));
        batch(product).with(0);
        Outputs before = outputs();
        batch(product.file("prompts.jsonl", numbered(20).replace(text(7), "Something else entirely."))).with(0);
        Outputs after = outputs();
        assertThat(simulator.bill().requests()).isEqualTo(21);
        assertThat(after.resultIds()).containsExactlyInAnyOrderElementsOf(ids(20));
        assertThat(after.result("p-7")).isNotEqualTo(before.result("p-7"));
        assertThat(after.result("p-8")).isEqualTo(before.result("p-8"));
    }

    @Test
    void aLineInsertedAtTheTopOfAFileWithoutIdsIsTheOnlyOneCalled() {
        String lines = IntStream.range(0, 20).mapToObj(number -> "{\"prompt\":\"%s\"}%n".formatted(text(number))).collect(Collectors.joining());
        Product product = job(lines);
        batch(product).with(0);
        batch(product.file("prompts.jsonl", "{\"prompt\":\"A new first line.\"}\n" + lines)).with(0);
        assertThat(simulator.bill().requests()).isEqualTo(21);
        assertThat(simulator.bill().byPrompt().values()).allMatch(calls -> calls.calls() == 1);
        assertThat(outputs().resultIds()).hasSize(21).doesNotHaveDuplicates();
    }

    @Test
    void freshRenamesTheOutputsAndCallsAnew() throws Exception {
        Product product = job(numbered(20));
        batch(product).with(0);
        String before = files().get("results.jsonl");
        batch(product, "--fresh").with(0);
        assertThat(simulator.bill().requests()).isEqualTo(40);
        assertThat(files()).containsEntry("results.jsonl.1", before).containsKeys("costs.jsonl.1", "dead-letters.jsonl.1");
        assertThat(outputs().resultIds()).containsExactlyInAnyOrderElementsOf(ids(20));
        assertThat(outputs().costs()).hasSize(20);
    }

    @Test
    void deadLettersAreTriedAgainOnDemandAndThoseAnsweredLeaveTheirFile() {
        Product product = job(numbered(5) + "{\"id\":\"free\",\"prompt\":\"A free one.\",\"budget\":\"free\"}\n");
        simulator.configure(config(Map.of("simulator.fault.moderation", "100")));
        batch(product).with(1);
        assertThat(outputs().deadLetters()).hasSize(6);
        long calls = simulator.bill().requests();

        simulator.configure(config(Map.of("simulator.fault.moderation", "100", "simulator.fault.models", FREE)));
        batch(product).with(1);
        assertThat(simulator.bill().requests()).as("calls without --retry-failed").isEqualTo(calls);
        assertThat(outputs().deadLetterIds()).hasSize(6).doesNotHaveDuplicates();

        batch(product, "--retry-failed").with(1);
        assertThat(outputs().resultIds()).containsExactlyInAnyOrderElementsOf(ids(5));
        assertThat(outputs().deadLetterIds()).containsExactly("free");

        simulator.configure(config(Map.of()));
        batch(product, "--retry-failed").with(0);
        assertThat(outputs().deadLetters()).isEmpty();
        assertThat(outputs().resultIds()).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatWasUnderWayIsHeldWhereThatIsWanted() throws Exception {
        Product product = job(numbered(300));
        simulator.configure(config(Map.of("simulator.latency", "200ms")));
        String[] command = {"batch", "prompts.jsonl", "--out", "out", "--concurrency", "64", "-D", "ledger.ambiguous=hold"};
        Running running = product.start(command);
        assertThat(killed(simulator, running, folder.resolve("out/results.jsonl"), 30)).isTrue();
        await().atMost(SOON).until(() -> simulator.bill().inFlight() == 0);

        product.run(command).with(1);
        Outputs outputs = outputs();
        assertThat(outputs.deadLetters()).hasSizeBetween(1, 64).allMatch(line -> line.at("/error/code").asText().equals("ambiguous"));
        assertThat(Stream.concat(outputs.resultIds().stream(), outputs.deadLetterIds().stream())).containsExactlyInAnyOrderElementsOf(ids(300));
        assertThat(simulator.bill().byPrompt().values()).allMatch(calls -> calls.calls() == 1);
    }

    @Test
    void withoutStoredTextsWhatTheFolderHasStands() throws Exception {
        Product product = job(numbered(10) + "{\"id\":\"refused\",\"prompt\":\"Hi\",\"model\":\"nobody/nothing\",\"fallbacks\":[]}\n");
        batch(product, "-D", "ledger.store-text=off", "-D", "models.current.fallbacks=nobody/neither").with(1);
        Map<String, String> before = files();
        assertThat(before.get("results.jsonl").lines()).hasSize(10);
        Ended again = batch(product, "-D", "ledger.store-text=off", "-D", "models.current.fallbacks=nobody/neither").with(1);
        assertThat(again.err()).contains("reused      10 answers worth $", "paid $0 now");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void resultsThatTheLedgerKnowsNothingOfAreNotPaidForAgain() throws Exception {
        Product product = job(numbered(5));
        batch(product).with(0);
        Map<String, String> before = files();
        Ended elsewhere = product.runHere("batch", "prompts.jsonl", "--out", "out", "-D", "ledger.directory=other").with(2);
        assertThat(elsewhere.err()).contains("holds results that this ledger knows nothing of", "--fresh");
        assertThat(simulator.bill().requests()).isEqualTo(5);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void withoutStoredTextsARepeatIsADeadLetterThatSaysSo() {
        Product product = job(numbered(10));
        batch(product, "-D", "ledger.store-text=off").with(0);
        product.runHere("batch", "prompts.jsonl", "--out", "second", "-D", "ledger.store-text=off").with(1);
        Outputs second = Outputs.of(folder.resolve("second"));
        assertThat(second.results()).isEmpty();
        assertThat(second.deadLetters()).hasSize(10).allMatch(line -> line.at("/error/code").asText().equals("already_answered"));
        assertThat(simulator.bill().requests()).isEqualTo(10);
    }

    private Product job(String prompts) {
        simulator = Simulator.start(config(Map.of()));
        return Product.in(folder).calling(simulator).file("prompts.jsonl", prompts);
    }

    private static Ended batch(Product product, String... more) {
        return product.runHere(Stream.concat(Stream.of("batch", "prompts.jsonl", "--out", "out"), Stream.of(more)).toArray(String[]::new));
    }

    private Outputs outputs() {
        return Outputs.of(folder.resolve("out"));
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new HashMap<>();
        try (Stream<Path> all = Files.list(folder.resolve("out"))) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }

    private static String numbered(int count) {
        return IntStream.range(0, count).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"%s\"}%n".formatted(number, text(number)))
                .collect(Collectors.joining());
    }

    private static String text(int number) {
        return "Say number %d.".formatted(number);
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(number -> "p-" + number).toList();
    }

    private static String fingerprint(String text) {
        var messages = Json.MAPPER.createArrayNode();
        messages.addObject().put("role", "user").put("content", text);
        return Fingerprint.of(messages);
    }

    private static long lines(Path file) {
        try {
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            return IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("simulator.record", "true", "simulator.latency", "5ms"));
        all.putAll(settings);
        return Simulated.by(all);
    }
}
