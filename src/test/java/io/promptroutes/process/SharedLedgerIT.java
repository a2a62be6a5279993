package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Figures;
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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that share one ledger file. Property {@code shared.kills} (profile chaos: 50) says how often one of them is killed beside four
 * others, which takes minutes; the suite has the kills of ledger/LedgerCrashTest.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class SharedLedgerIT {

    private static final int KILLS = Integer.getInteger("shared.kills", 0);
    /** On one ledger, before the next prompts are begun. */
    private static final int KILLS_A_ROUND = 5;
    private static final int LIVING = 4;
    private static final int CONCURRENCY = 64;
    private static final Duration SOON = Duration.ofMinutes(5);
    /** Of a look at a ledger that others write, on a machine that does much else. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void fourJobsKeepADaysLimitTogetherWhileOthersLookAtIt() {
        try (Simulator server = simulator("5s")) {
            Product product = product(folder).calling(server);
            FourBatches batches = FourBatches.start(product, folder);
            await().atMost(SOON).until(() -> server.bill().completions() > 20);
            for (String time : List.of("first", "second")) {
                assertThat(look("a process that runs already, the " + time + " time", this::figures)).isLessThan(LONGEST_LOOK);
            }
            look("command costs --by model", () -> {
                List<JsonNode> rows = Outputs.rows(beside(server).runHere("costs", "--by", "model", "--format", "json").with(0).out());
                assertThat(rows).isNotEmpty().allSatisfy(row -> assertThat(row.path("requests").asLong()).isPositive());
                return rows;
            });
            look("command budgets list", () -> assertThat(beside(server).with("BUDGET_TOTAL_DAY", "5").runHere("budgets", "list").with(0).out()).containsPattern("total +\\d{4}-\\d\\d-\\d\\d"));
            assertThat(batches.allAlive()).as("they were still at work").isTrue();
            server.configure(config("100ms"));
            batches.keepTheLimit(server);
            TestLedgers.assertNothingReserved(TestLedgers.embedded(data(folder)));
            assertThat(figures().costUsd()).isEqualByComparingTo(server.bill().billedUsd());
            assertThat(spentToday(folder)).as("what the budget counts").isEqualByComparingTo(server.bill().billedUsd());
        }
    }

    /** The same prompts for two folders: whoever comes later waits for the answer, and pays nothing. */
    @Test
    void twoJobsWithTheSamePromptsCallEachOnce() {
        try (Simulator server = simulator("50ms")) {
            Product product = product(folder).calling(server).file("prompts.jsonl", numbered("both", 60));
            List<Running> both = List.of("one", "two").stream().map(out -> product.start("batch", "prompts.jsonl", "--out", out, "--concurrency", "20")).toList();
            both.forEach(running -> running.ended(SOON).with(0));
            for (String out : List.of("one", "two")) {
                assertThat(Outputs.of(folder.resolve(out)).resultIds()).containsExactlyInAnyOrderElementsOf(ids("both", 60));
            }
            assertThat(server.bill().requests()).isEqualTo(60);
            assertThat(figures().costUsd()).isEqualByComparingTo(server.bill().billedUsd());
        }
    }

    @Test
    void aQuestionIsAnsweredBesideAServiceAndAJob() throws Exception {
        try (Simulator server = simulator("3s"); Service service = new Service(product(folder).calling(server), null, "beside")) {
            Product product = product(folder).calling(server).file("prompts.jsonl", numbered("job", 200)).file("in/a.jsonl", numbered("service", 60));
            service.start("inbox.directory=in", "inbox.settled=100ms");
            Running job = product.start("batch", "prompts.jsonl", "--out", "out", "--concurrency", "4");
            await().atMost(SOON).until(() -> server.bill().byPrompt().containsKey(fingerprint("job", 3)) && server.bill().byPrompt().containsKey(fingerprint("service", 3)));
            Ended asked = beside(server).runHere("ask", "Beside them.").with(0);
            assertThat(job.process().isAlive()).as("it was still at work").isTrue();
            assertThat(Outputs.json(asked.out()).path("text").asText()).isNotEmpty();
            server.configure(config("5ms"));
            job.ended(SOON).with(0);
            await().atMost(SOON).until(() -> Files.exists(folder.resolve("in/done/a.jsonl/a.jsonl")));
            service.stop();
            assertThat(Outputs.of(folder.resolve("out")).resultIds()).containsExactlyInAnyOrderElementsOf(ids("job", 200));
            assertThat(Outputs.of(folder.resolve("in/done/a.jsonl")).resultIds()).containsExactlyInAnyOrderElementsOf(ids("service", 60));
            assertThat(server.bill().requests()).isEqualTo(261);
            assertThat(figures().costUsd()).isEqualByComparingTo(server.bill().billedUsd());
        }
    }

    /** What the kills came to, over all rounds. */
    private static final class Toll {
        private int rounds;
        private int kills;
        private long ambiguous;
        private long paidTwice;
    }

    @Test
    @EnabledIfSystemProperty(named = "shared.kills", matches = "[1-9]\\d*")
    void killsOfOneProcessLoseNothingAndCostTheOthersNothing() throws Exception {
        Random random = new Random(20261130);
        Toll toll = new Toll();
        long begun = System.nanoTime();
        while (toll.kills < KILLS) {
            assertThat(toll.rounds++).as("rounds in which no kill landed").isLessThan(KILLS + 3);
            try (Simulator others = simulator("1s"); Simulator server = simulator("20ms")) {
                killBesideOthers(others, server, toll, random);
            }
        }
        System.out.printf("%d kills beside %d living processes in %d rounds, %d s: %d calls ambiguous, %d of them paid twice%n", toll.kills, LIVING, toll.rounds,
                Duration.ofNanos(System.nanoTime() - begun).toSeconds(), toll.ambiguous, toll.paidTwice);
        assertThat(toll.paidTwice).isPositive().isLessThanOrEqualTo(toll.ambiguous);
    }

    /** The one that is killed has a server of its own, so that its writer always has a group to commit. */
    private void killBesideOthers(Simulator others, Simulator server, Toll toll, Random random) throws Exception {
        Path home = folder.resolve("round-" + toll.rounds);
        Product product = product(home).file("fifth.jsonl", numbered("fifth", 800));
        List<Running> living = new ArrayList<>();
        for (int process = 0; process < LIVING; process++) {
            String name = "living-" + process;
            living.add(product.calling(others).file(name + ".jsonl", numbered(name, 400)).start(job(name, 8)));
        }
        int kills = 0;
        Running fifth = product.calling(server).start(job("fifth", CONCURRENCY));
        while (kills < KILLS_A_ROUND && toll.kills + kills < KILLS && killed(fifth, home, lines(home) + random.nextInt(120), living)) {
            kills++;
            fifth = product.calling(server).start(job("fifth", CONCURRENCY));
        }
        others.configure(config("5ms"));
        fifth.ended(SOON).with(0);
        for (Running one : living) {
            assertThat(one.ended(SOON).with(0).err()).doesNotContain("ambiguous");
        }
        toll.kills += kills;
        judge(home, others, server, kills, toll);
    }

    private void judge(Path home, Simulator others, Simulator server, int kills, Toll toll) throws SQLException {
        assertThat(others.bill().byPrompt()).hasSize(LIVING * 400).allSatisfy((text, calls) -> assertThat(calls.calls()).isOne());
        for (int process = 0; process < LIVING; process++) {
            String name = "living-" + process;
            assertThat(Outputs.of(home.resolve(name)).resultIds()).containsExactlyInAnyOrderElementsOf(ids(name, 400));
            assertThat(states(home, name)).as("calls of a process that was never killed").isEqualTo(Map.of("succeeded", 400L));
        }
        Outputs outputs = Outputs.of(home.resolve("fifth"));
        assertThat(outputs.resultIds()).containsExactlyInAnyOrderElementsOf(ids("fifth", 800));
        assertThat(outputs.deadLetters()).isEmpty();
        Map<String, Long> states = states(home, "fifth");
        assertThat(states).containsOnlyKeys(kills == 0 ? List.of("succeeded") : List.of("succeeded", "retried")).containsEntry("succeeded", 800L);
        long retried = states.getOrDefault("retried", 0L);
        assertThat(retried).isLessThanOrEqualTo((long) kills * CONCURRENCY);
        Bill bill = server.bill();
        assertThat(bill.byPrompt()).hasSize(800);
        toll.ambiguous += retried;
        toll.paidTwice += bill.completions() - 800;
        BigDecimal once = bill.byPrompt().values().stream().map(calls -> calls.billedUsd().divide(BigDecimal.valueOf(calls.billed()))).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal cost;
        BigDecimal held;
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(data(home)))) {
            cost = TestLedgers.total(ledger).costUsd();
            held = TestLedgers.total(ledger).uncertainUsd();
            assertThat(ledger.history().budgets()).isNotEmpty();
        }
        assertThat(cost).isEqualByComparingTo(once.add(others.bill().billedUsd()));
        assertThat(spentToday(home)).as("what the budget counts").isEqualByComparingTo(cost.add(held));
        TestLedgers.assertNothingReserved(TestLedgers.embedded(data(home)));
        assertThat(texts(home, "PRAGMA integrity_check")).containsExactly("ok");
    }

    /** Whether it died by the signal, after so many results, and with all others alive. */
    private static boolean killed(Running running, Path home, long results, List<Running> living) throws InterruptedException {
        await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> !running.process().isAlive() || lines(home) > results);
        boolean alive = running.process().isAlive() && living.stream().allMatch(one -> one.process().isAlive());
        return alive && running.process().destroyForcibly().waitFor() != 0;
    }

    private static String[] job(String name, int concurrency) {
        return new String[] {"batch", name + ".jsonl", "--out", name, "--concurrency", String.valueOf(concurrency), "-D", "budget.total.day=1000"};
    }

    /** By state, of a job. */
    private static Map<String, Long> states(Path home, String out) throws SQLException {
        Map<String, Long> states = new TreeMap<>();
        for (String row : texts(home, "SELECT state || ' ' || COUNT(*) FROM claims WHERE job LIKE '%/" + out + "' GROUP BY state")) {
            states.put(row.split(" ")[0], Long.valueOf(row.split(" ")[1]));
        }
        return states;
    }

    private static List<String> texts(Path home, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(data(home))); Connection connection = ledger.dataSource().getConnection();
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** What is spent and held. */
    private static BigDecimal spentToday(Path home) {
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(data(home)))) {
            return ledger.history().budgets().stream().map(state -> state.spentUsd().add(state.heldUsd())).reduce(BigDecimal.ZERO, BigDecimal::add);
        }
    }

    private Figures.Row figures() {
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(data(folder)))) {
            assertThat(ledger.figures().by(Figures.By.MODEL, LocalDate.EPOCH)).isNotEmpty();
            return TestLedgers.total(ledger);
        }
    }

    private static Duration look(String what, Supplier<Object> look) {
        long begun = System.nanoTime();
        look.get();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        System.out.printf("beside four writers: %s took %d ms%n", what, took.toMillis());
        return took;
    }

    private static Product product(Path home) {
        return Product.in(home).with("LEDGER_DIRECTORY", "data");
    }

    /** One more process on the ledger, which looks at it from a folder of its own. */
    private Product beside(Simulator server) {
        return Product.in(folder.resolve("beside")).calling(server).with("LEDGER_DIRECTORY", data(folder).toString());
    }

    private static Path data(Path home) {
        return home.resolve("data");
    }

    private static Simulator simulator(String latency) {
        return Simulator.start(config(latency));
    }

    private static SimulatorConfig config(String latency) {
        return Simulated.by(Map.of("simulator.record", "true", "simulator.latency", latency));
    }

    private static String numbered(String name, int count) {
        return IntStream.range(0, count).mapToObj(number -> "{\"id\":\"%s-%d\",\"prompt\":\"%s\"}%n".formatted(name, number, text(name, number)))
                .collect(Collectors.joining());
    }

    private static String text(String name, int number) {
        return "Say %s %d.".formatted(name, number);
    }

    private static String fingerprint(String name, int number) {
        var messages = Json.MAPPER.createArrayNode();
        messages.addObject().put("role", "user").put("content", text(name, number));
        return Fingerprint.of(messages);
    }

    private static List<String> ids(String name, int count) {
        return IntStream.range(0, count).mapToObj(number -> name + "-" + number).toList();
    }

    /** Results of the fifth, so far. */
    private static long lines(Path home) {
        Path results = home.resolve("fifth/results.jsonl");
        try {
            byte[] bytes = Files.exists(results) ? Files.readAllBytes(results) : new byte[0];
            return IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
