package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.HeldCalls;
import io.promptroutes.simulator.HeldCalls.Held;
import io.promptroutes.simulator.HeldCalls.Point;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs that may wait are killed in each state of their batches, where a call is held or the ledger is: no batch is submitted twice but where nobody could know of
 * the first, and nothing is lost. Property {@code batch.kills} (profile chaos: 100) says how often.
 */
class BatchKillIT {

    private static final int KILLS = Integer.getInteger("batch.kills", 4);
    private static final int PROMPTS = KILLS <= 4 ? 600 : 1_000; // up to four batches are lost at first, where all states come, and one more is to be waited for
    /** As many as are put into the ledger at once: the last byte of a page of them comes when all of them are there, and the end is not noted. */
    private static final int LINES = 200;
    /** How long a batch takes that nobody is to see the end of. A lost one is looked for among those of the time of its intent. */
    private static final Duration WORKS = Duration.ofMinutes(10);
    private static final Duration LONGEST = Duration.ofMinutes(KILLS <= 4 ? 2 : 10);
    private static final Duration LONGEST_AIM = Duration.ofSeconds(90);
    private static final String BATCHES = "SELECT COUNT(*) FROM batches";
    private static final String ANSWERED_LINES = "SELECT batch_id FROM batch_lines JOIN claims USING (claim_id) WHERE batch_lines.state = 'answered' AND claims.state %s 'open'";
    private static final String PARTLY_TAKEN = "SELECT COUNT(*) FROM batches WHERE ended_at IS NOT NULL AND batch_id IN (" + ANSWERED_LINES.formatted("=") + ") AND batch_id IN ("
            + ANSWERED_LINES.formatted("<>") + ")";
    private static final String POST = "POST /api/v1/batches";

    /** What a job is at when it is killed. */
    private enum State {
        BEFORE_THE_INTENT(Point.TOLD, call -> call.what().startsWith("GET /api/v1/models")),
        BEFORE_THE_POST(Point.ASKED, call -> call.what().equals(POST)),
        REPLY_LOST(Point.DONE, call -> call.what().equals(POST)),
        REPLY_NOT_NOTED(Point.TOLD, call -> call.what().equals(POST) && call.reply().contains("\"id\"")),
        LOOKED_FOR(Point.DONE, call -> call.what().startsWith("GET /api/v1/batches?")),
        WAITING(Point.DONE, call -> call.what().startsWith("GET /api/v1/batches/") && call.reply().matches("(?s).*\"status\":\"(validating|in_progress|finalizing)\".*")),
        COLLECTING(Point.HALF, call -> results(call) && call.reply().contains("\"has_more\":true")),
        BETWEEN_PAGES(Point.ASKED, call -> call.what().contains("/results?cursor=")),
        /** All lines are in the ledger. */
        END_NOT_NOTED(Point.NEARLY, call -> results(call) && call.reply().contains("\"has_more\":false")),
        /** Some of them are settled. No call is held there; the process runs a millisecond at a time until it is there. */
        LINES_TAKEN(Point.TOLD, END_NOT_NOTED.which);

        private final Point point;
        private final Predicate<Held> which;

        State(Point point, Predicate<Held> which) {
            this.point = point;
            this.which = which;
        }

        private static boolean results(Held call) {
            return call.what().contains("/results");
        }

        /** Whether its batches have to be over. */
        private boolean ended() {
            return compareTo(COLLECTING) >= 0;
        }
    }

    @TempDir
    private Path folder;
    private final Random random = new Random(7);
    private final Map<State, Integer> landed = new EnumMap<>(State.class);
    private int kills;
    private int jobs;
    private long submitted;
    private long alone;
    private long ambiguous;

    @Test
    @Timeout(3_600)
    void killsInEachStateLoseAndDoubleNothing() throws Exception {
        List<State> some = List.of(State.BEFORE_THE_POST, State.REPLY_LOST, State.BETWEEN_PAGES, State.END_NOT_NOTED);
        while (kills < KILLS) {
            assertThat(jobs++).as("jobs in which no kill landed").isLessThan(KILLS + 3);
            job(KILLS <= some.size() ? some : List.of(State.values()));
        }
        assertThat(landed.keySet()).containsAll(KILLS <= some.size() ? some.subList(0, KILLS) : List.of(State.values()));
    }

    private void job(List<State> states) throws Exception {
        Path home = folder.resolve("job-" + jobs);
        try (Simulator simulator = Simulator.start(config(State.WAITING)); HeldCalls calls = new HeldCalls(simulator)) {
            calls.dam(call -> call.what().endsWith("/chat/completions")); // one that is paid for when its process is killed is paid for again, and no batch is at fault
            Product product = Product.in(home).calling(simulator).with("OPENROUTER_BASE_URL", calls.baseUrl()).file("prompts.jsonl", prompts());
            boolean over = false;
            for (State state : states) {
                if (kills < KILLS) {
                    simulator.configure(config(state));
                    if (state.ended() && !over) {
                        simulator.advance(WORKS.plusMinutes(1));
                        over = true;
                    }
                    kill(state, product, home, calls);
                }
            }
            simulator.configure(config(State.LINES_TAKEN));
            simulator.advance(over ? Duration.ZERO : WORKS.plusMinutes(1));
            Ended ended = start(product).ended(LONGEST).with(0);
            judge(home, simulator, ended);
        }
    }

    private SimulatorConfig config(State state) {
        return Simulated.by(Map.of("simulator.latency", "5ms", "simulator.record", "true", "simulator.seed", String.valueOf(random.nextInt()), "simulator.batch.validating", "300ms",
                "simulator.batch.in-progress", state.ended() ? "1s" : WORKS.toMinutes() + "m", "simulator.batch.finalizing", "0s", "simulator.batch.inline", "off", "simulator.batch.page",
                String.valueOf(state == State.END_NOT_NOTED || state == State.LINES_TAKEN ? LINES : LINES / 4), "simulator.batch.foreign", "1", "simulator.batch.faults", KILLS <= 4 ? "line.error:1"
                        : "submit.reset-committed:10, submit.502-committed:10, poll.500:5, poll.429:5, poll.cut:3, line.error:1"));
    }

    private void kill(State state, Product product, Path home, HeldCalls calls) throws Exception {
        try (LedgerFile ledger = new LedgerFile(home.resolve("data"))) {
            long batches = ledger.number(BATCHES);
            Running running = start(product);
            try (Steps steps = new Steps(running.process())) {
                calls.hold(state.point, state.which, state == State.REPLY_NOT_NOTED ? ledger::lock : state == State.LINES_TAKEN ? steps::stop : () -> { });
                Instant longest = Instant.now().plus(LONGEST_AIM); // where nothing is left to be sent or found, it does not come
                boolean there = calls.held(() -> !running.process().isAlive() || Instant.now().isAfter(longest));
                if (there && state == State.BEFORE_THE_INTENT) {
                    running.process().waitFor(random.nextInt(900), TimeUnit.MILLISECONDS); // its prompts come in, and wait a second for the first look at them
                }
                while (there && state == State.LINES_TAKEN && ledger.number(PARTLY_TAKEN) == 0) {
                    steps.one();
                    there = Instant.now().isBefore(longest);
                }
                there &= running.process().isAlive();
                boolean killed = running.process().destroyForcibly().waitFor() != 0;
                if (there && killed && (state != State.BEFORE_THE_INTENT || ledger.number(BATCHES) == batches)) {
                    kills++;
                    landed.merge(state, 1, Integer::sum);
                }
            } finally {
                running.process().destroyForcibly();
                calls.release();
            }
        }
    }

    private void judge(Path home, Simulator simulator, Ended ended) {
        Outputs outputs = Outputs.of(home.resolve("out"));
        assertThat(outputs.resultIds()).as(ended.err()).hasSize(PROMPTS).doesNotHaveDuplicates();
        assertThat(outputs.deadLetters()).isEmpty();
        Map<String, Bill.Calls> asked = new HashMap<>(simulator.batchBill().byPrompt());
        simulator.bill().byPrompt().forEach((prompt, calls) -> asked.merge(prompt, calls, Bill.Calls::and));
        assertThat(asked).hasSize(PROMPTS);
        asked.values().removeIf(calls -> calls.billed() == 1); // a line that failed is asked anew
        assertThat(asked).as("prompts that were not answered just once").isEmpty();
        BigDecimal billed = simulator.bill().billedUsd().add(simulator.batchBill().billedUsd());
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(home.resolve("data")))) {
            Figures.Row total = TestLedgers.total(ledger);
            assertThat(total.costUsd()).isEqualByComparingTo(billed);
        }
        assertThat(outputs.costs().stream().map(event -> event.at("/data/cost_usd")).filter(usd -> !usd.isNull()).map(usd -> usd.decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(billed);
        submitted += simulator.batchBill().batches();
        alone += simulator.bill().completions();
        ambiguous += new LedgerFile(home.resolve("data")).number("SELECT COUNT(*) FROM batch_lines JOIN batches USING (batch_id) WHERE batches.state = 'given_up'");
        System.out.printf("%d kills in %d jobs of %d prompts, by state %s: %d batches submitted, %d prompts called alone, none answered twice or lost, %d counted as ambiguous%n",
                kills, jobs, PROMPTS, landed, submitted, alone, ambiguous);
    }

    private static Running start(Product product) {
        return product.start("batch", "prompts.jsonl", "--out", "out", "--service-tier", "batch", "-D", "batches.requests=" + LINES, "-D", "batches.linger=1s", "-D", "batches.tick=100ms",
                "-D", "batches.poll=200ms", "-D", "batches.poll-longest=500ms", "-D", "batches.lost-after=2s", "-D", "ledger.directory=data");
    }

    private static String prompts() {
        return IntStream.range(0, PROMPTS).mapToObj(n -> "{\"id\":\"p-" + n + "\",\"prompt\":\"Hello " + n + "\",\"model\":\"openai/gpt-4.1-mini\"}\n").collect(Collectors.joining());
    }
}
