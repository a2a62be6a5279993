package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that are ended before their time: what stands in the files is whole, and what was not called is left as it was. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class KillIT {

    private static final int PROMPTS = 1_500;
    /** Where all of them are answered in the end. */
    private static final int FEW = 500;
    private static final Duration SOON = Duration.ofMinutes(3);
    /** Sooner than what is under way has to finish, which is 150 s. */
    private static final Duration EXIT = Duration.ofSeconds(100);

    @TempDir
    private Path folder;
    private Simulator simulator;

    @AfterEach
    void stopSimulator() {
        simulator.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 150})
    void aKilledJobLeavesWholeLinesOnly(int results) throws Exception {
        simulator = simulator(Map.of("simulator.latency", "15ms", "simulator.fault.cut-json", "10"));
        Running running = job(simulator).start("batch", "prompts.jsonl", "--out", "out", "--concurrency", "20",
                "-D", "retry.provider-error.calls=1");
        awaitResults(running, results);
        running.process().destroyForcibly().waitFor();
        // whole lines that parse: Outputs demands it
        Outputs outputs = Outputs.of(folder.resolve("out"));
        assertThat(outputs.results()).hasSizeBetween(results, PROMPTS - 1);
        assertThat(new HashSet<>(outputs.resultIds())).hasSameSizeAs(outputs.results());
        Set<String> paidFor = outputs.costs().stream().map(event -> event.path("subject").asText()).collect(Collectors.toSet());
        assertThat(paidFor).as("a result never stands there before its cost").containsAll(outputs.resultIds());
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 400, 900})
    @Tag("chaos")
    void atOtherMomentsToo(int results) throws Exception {
        aKilledJobLeavesWholeLinesOnly(results);
    }

    @Test
    void sigtermLetsTheCallsUnderWayFinishAndLeavesTheRest() throws Exception {
        simulator = simulator(Map.of("simulator.latency", "700ms", "simulator.record", "true"));
        Running running = job(simulator).start("batch", "prompts.jsonl", "--out", "out", "--concurrency", "20");
        awaitResults(running, 20);
        await().atMost(SOON).until(() -> simulator.bill().inFlight() > 0);
        running.process().destroy();
        Ended ended = running.ended(EXIT).with(3);

        Outputs outputs = Outputs.of(folder.resolve("out"));
        Bill bill = simulator.bill();
        assertThat(bill.inFlight()).isZero();
        assertThat(outputs.results()).as("every call that was made has its result").hasSize((int) bill.requests());
        assertThat(outputs.costs()).hasSize((int) bill.completions());
        assertThat(outputs.results().size()).isBetween(21, PROMPTS / 2);
        assertThat(outputs.deadLetters()).isEmpty();
        assertThat(ended.err()).contains(outputs.results().size() + " answered + 0 dead letters", "left as they were", "interrupted")
                .doesNotContain("MISMATCH");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ctrlCStopsIntakeAndTwiceTheProcessWhichTheNextRunTakes() throws Exception {
        simulator = simulator(Map.of("simulator.latency", "5ms", "simulator.latency.tail.percent", "5", "simulator.latency.tail", "90s"));
        Product product = job(simulator, FEW);
        // whatever started the tests may ignore the signal, and children would too
        Running running = product.behind("env", "--default-signal=INT").start("batch", "prompts.jsonl", "--out", "out", "--concurrency", "20", "--fresh",
                "-D", "openrouter.timeout=100s");
        awaitResults(running, 150); // so some permits are at a slow one
        interrupt(running);
        await().atMost(SOON).until(() -> Files.readString(running.err()).contains("are paid for"));
        long calls = simulator.bill().requests();
        awaitNoMoreRequests();
        assertThat(simulator.bill().requests() - calls).as("after the first one only what was claimed by then is called").isLessThanOrEqualTo(2 * 20);
        interrupt(running);
        Ended ended = running.ended(EXIT).with(3);
        Matcher left = Pattern.compile("stopped at once; (\\d+) calls were under way").matcher(ended.err());
        assertThat(left.find()).as(ended.err()).isTrue();
        int lost = Integer.parseInt(left.group(1));
        assertThat(lost).as("of the 20, those that were slow").isPositive();
        assertThat(ended.err()).contains("prompt-routes.jar batch prompts.jsonl --out out --concurrency 20 -D openrouter.timeout=100s").doesNotContain("--fresh");

        simulator.configure(config(Map.of("simulator.latency", "0ms")));
        Ended second = product.run("batch", "prompts.jsonl", "--out", "out", "--concurrency", "50").with(0);
        assertThat(Outputs.of(folder.resolve("out")).resultIds()).hasSize(FEW).doesNotHaveDuplicates();
        assertThat(second.err()).contains(lost + " calls of processes that died were made again");
        assertThat(simulator.bill().requests()).isEqualTo(FEW + lost);
    }

    private static void interrupt(Running running) throws Exception {
        new ProcessBuilder("kill", "-INT", "" + running.process().pid()).start().waitFor();
    }

    @Test
    void aKeyRefusedInMidBatchStopsTheJobAndASecondRunAnswersTheRest() {
        simulator = simulator(Map.of("simulator.latency", "20ms", "simulator.key-refused-after", "300", "simulator.record", "true"));
        Product product = job(simulator, FEW);
        Ended ended = product.runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "20").with(3);

        Outputs outputs = Outputs.of(folder.resolve("out"));
        Bill bill = simulator.bill();
        assertThat(outputs.results()).hasSize((int) bill.completions()).hasSizeBetween(250, 299);
        assertThat(outputs.deadLetters()).as("nobody's prompt is at fault").isEmpty();
        assertThat(bill.requests()).as("calls with a key that is refused").isLessThan(300 + 30);
        assertThat(ended.err()).contains("STOPPED", "API key", "left as they were").doesNotContain(Product.KEY);
        assertThat(seconds(ended)).as("seconds, the second look after pause.first-look included").isLessThan(60);

        simulator.configure(config(Map.of("simulator.latency", "0ms")));
        product.runHere("batch", "prompts.jsonl", "--out", "second", "--concurrency", "50").with(0);
        assertThat(Outputs.of(folder.resolve("second")).resultIds())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, FEW).mapToObj(number -> "p-" + number).toList());
    }

    @Test
    void aFullDiskStopsTheJobWithWholeLines() {
        simulator = simulator(Map.of("simulator.latency", "5ms"));
        // no file may grow over 200 blocks: to a program that looks like a full disk
        Ended ended = job(simulator).behind("sh", "-c", "ulimit -f 200; exec \"$@\"", "sh")
                .run("batch", "prompts.jsonl", "--out", "out", "--concurrency", "10", "-D", "publish.retries=2", "-D", "publish.retry-millis=50",
                        "-D", "ledger.enabled=off")
                .with(3);
        assertThat(ended.err()).contains("STOPPED", "cannot be written", ".jsonl", "left as they were");
        Outputs outputs = Outputs.of(folder.resolve("out"));
        assertThat(outputs.results()).isNotEmpty();
        assertThat(outputs.deadLetters()).isEmpty();
        assertThat(new HashSet<>(outputs.resultIds())).hasSameSizeAs(outputs.results());
    }

    @Test
    void aLedgerThatCannotBeWrittenStopsTheJobBeforeAnotherCallAndItGoesOnLater() {
        simulator = simulator(Map.of("simulator.latency", "5ms"));
        Product product = job(simulator);
        Ended full = product.behind("sh", "-c", "ulimit -f 4000; exec \"$@\"", "sh")
                .run("batch", "prompts.jsonl", "--out", "out", "--concurrency", "10", "-D", "pause.max=1s", "-D", "pause.first-look=200ms",
                        "-D", "publish.retries=2", "-D", "publish.retry-millis=50").with(3);
        assertThat(full.err()).contains("STOPPED", "the ledger cannot be had", "disk may be full");
        long calls = simulator.bill().completions();
        assertThat(calls).isLessThan(PROMPTS);

        product.run("batch", "prompts.jsonl", "--out", "out", "--concurrency", "20").with(0);
        assertThat(new HashSet<>(Outputs.of(folder.resolve("out")).resultIds())).hasSize(PROMPTS);
        assertThat(simulator.bill().completions()).as("what was under way is called again, nothing else").isBetween((long) PROMPTS, PROMPTS + 10L);
    }

    private Product job(Simulator server) {
        return job(server, PROMPTS);
    }

    private Product job(Simulator server, int count) {
        String prompts = IntStream.range(0, count)
                .mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"Say number %d.\"}%n".formatted(number, number)).collect(Collectors.joining());
        return Product.in(folder).calling(server).file("prompts.jsonl", prompts);
    }

    private void awaitNoMoreRequests() {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(() -> {
            long now = simulator.bill().requests();
            return last.getAndSet(now) == now;
        });
    }

    private void awaitResults(Running running, int least) {
        Path results = folder.resolve("out/results.jsonl");
        await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> !running.process().isAlive() || lines(results) >= least);
        assertThat(running.process().isAlive()).as("the job is under way").isTrue();
    }

    private static long lines(Path file) {
        try {
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            return IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the summary tells. */
    private static double seconds(Ended ended) {
        return ended.err().lines().filter(line -> line.startsWith("time")).map(line -> line.split("\\s+")[1]).mapToDouble(Double::parseDouble)
                .findFirst().orElseThrow();
    }

    private static Simulator simulator(Map<String, String> settings) {
        return Simulator.start(config(settings));
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        return Simulated.by(new HashMap<>(settings));
    }
}
