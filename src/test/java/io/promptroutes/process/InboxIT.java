package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are put into the service's inbox. */
class InboxIT {

    @TempDir
    private Path folder;

    private static Simulator simulator(String latency) {
        return Simulator.start(SimulatorConfig.from(Map.of("simulator.latency", latency, "simulator.record", "true")));
    }

    private Product product(Simulator simulator) {
        return Product.in(folder).calling(simulator);
    }

    private Path done(String name) {
        return folder.resolve("in/done").resolve(name);
    }

    private void awaitDone(String name) {
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(done(name).resolve(name)));
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "{\"id\":\"p%d\",\"prompt\":\"Say %d.\"}%n".formatted(n, n)).collect(Collectors.joining());
    }

    @Test
    void completeFilesAreAnsweredBesideThemselvesAndOthersAreLeftAlone() throws Exception {
        try (Simulator simulator = simulator("20ms"); Service service = new Service(product(simulator), null, "files")) {
            product(simulator).file("in/a.jsonl", lines(0, 20) + "{broken\n").file("in/b.txt", "Say hi\nSay hi\nWhy is the sky blue?\n")
                    .file("in/g.csv", "id,prompt\ng,Say g.\n").file("in/h.csv.gz", "prompt\nSay h.\n").file("in/empty.jsonl", "").file("in/c.jsonl.tmp", lines(0, 1)).file("in/.d.jsonl", lines(0, 1));
            service.start("inbox.directory=in", "inbox.settled=500ms");
            for (String name : List.of("a.jsonl", "b.txt", "g.csv", "h.csv.gz", "empty.jsonl")) {
                awaitDone(name);
                assertThat(folder.resolve("in").resolve(name)).doesNotExist();
            }
            Outputs a = Outputs.of(done("a.jsonl"));
            assertThat(a.resultIds()).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).mapToObj(n -> "p" + n).toList());
            assertThat(a.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.at("/error/code").asText()).isEqualTo("invalid_json");
                assertThat(letter.at("/source/line").asLong()).isEqualTo(21);
            });
            assertThat(a.costs()).hasSize(20);
            Outputs b = Outputs.of(done("b.txt"));
            assertThat(b.resultIds()).containsExactlyInAnyOrder("b.txt:1", "b.txt:2", "b.txt:3");
            assertThat(Outputs.of(done("g.csv")).resultIds()).containsExactly("g");
            assertThat(simulator.bill().completions()).as("equal lines are two prompts").isEqualTo(25);
            assertThat(folder.resolve("in/c.jsonl.tmp")).exists();
            assertThat(folder.resolve("in/.d.jsonl")).exists();

            // another file of the same name, with some that were answered before
            Files.writeString(folder.resolve("in/a.jsonl.tmp"), lines(15, 25));
            Files.move(folder.resolve("in/a.jsonl.tmp"), folder.resolve("in/a.jsonl"));
            await().atMost(Duration.ofSeconds(60)).until(() -> !Files.exists(folder.resolve("in/a.jsonl")));
            Path second = Files.list(folder.resolve("in/done")).filter(one -> one.getFileName().toString().startsWith("a.jsonl.")).findFirst().orElseThrow();
            assertThat(Outputs.of(second).resultIds()).containsExactlyInAnyOrderElementsOf(IntStream.range(15, 25).mapToObj(n -> "p" + n).toList());
            assertThat(Outputs.of(done("a.jsonl")).results()).as("the first is left as it was").hasSize(20);
            assertThat(simulator.bill().completions()).isEqualTo(30);
        }
    }

    @Test
    void afterAKillAndAfterASigtermTheFileGoesOnAndNothingIsPaidTwice() throws Exception {
        int prompts = 120;
        int concurrency = 4;
        String lines = lines(0, prompts).replaceAll("[05]\",", "$0\"strategy\":\"compare\",");
        int calls = prompts + 2 * prompts / 5; // a comparison is three
        try (Simulator simulator = simulator("100ms"); Service service = new Service(product(simulator), null, "kill")) {
            product(simulator).file("in/long.jsonl", lines);
            service.start("inbox.directory=in", "inbox.settled=100ms");
            await().atMost(Duration.ofSeconds(60)).until(() -> simulator.bill().completions() > 20);
            service.kill();
            service.start("inbox.directory=in", "inbox.settled=100ms");
            await().atMost(Duration.ofSeconds(60)).until(() -> simulator.bill().completions() > 60);
            long before = System.nanoTime();
            service.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).as("what has not begun is left").isLessThan(Duration.ofSeconds(20));
            assertThat(folder.resolve("in/long.jsonl")).exists();
            service.start("inbox.directory=in", "inbox.settled=100ms");
            awaitDone("long.jsonl");
            assertThat(Outputs.of(done("long.jsonl")).resultIds())
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, prompts).mapToObj(n -> "p" + n).toList());
            assertThat(simulator.bill().completions()).as("only calls that ran at the kill may be paid twice")
                    .isBetween((long) calls, (long) calls + concurrency);
        }
    }

    @Test
    void aFileThatCannotBeReadOrWhoseResultsHaveNoPlaceIsFailedWithTheReason() throws Exception {
        try (Simulator simulator = simulator("20ms"); Service service = new Service(product(simulator), null, "failed")) {
            product(simulator).file("in/done/x.jsonl", "a file where a folder should be").file("in/x.jsonl", lines(0, 3)).file("in/y.jsonl", lines(0, 3));
            Files.write(folder.resolve("in/cut.txt.gz"), new byte[] {0x1F, (byte) 0x8B, 8});
            service.start("inbox.directory=in", "inbox.settled=100ms");
            awaitDone("y.jsonl");
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("in/failed/cut.txt.gz/cut.txt.gz")));
            assertThat(Outputs.of(folder.resolve("in/failed/cut.txt.gz")).deadLetter("cut.txt.gz:1").at("/error/code").asText()).isEqualTo("unreadable");
            assertThat(folder.resolve("in/failed/cut.txt.gz/reason.txt")).content().contains("cannot be read to its end");
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("in/failed/x.jsonl/x.jsonl")));
            assertThat(folder.resolve("in/failed/x.jsonl/reason.txt")).content().contains("its results cannot be written");
            assertThat(folder.resolve("in/x.jsonl")).doesNotExist();
        }
    }

    @Test
    void filesAndATopicInOneProcessEachGetTheirOwnResults() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker")); Simulator simulator = simulator("20ms");
                Service service = new Service(product(simulator), broker.bootstrapServers(), "both")) {
            service.topics(Map.of());
            service.produce(0, 20);
            product(simulator).file("in/f.jsonl", lines(100, 120));
            service.start("inbox.directory=in", "inbox.settled=100ms");
            awaitDone("f.jsonl");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).isEqualTo(20));
            assertThat(service.read("results")).hasSize(20);
            assertThat(service.read("costs")).hasSize(20);
            Outputs outputs = Outputs.of(done("f.jsonl"));
            assertThat(outputs.resultIds()).containsExactlyInAnyOrderElementsOf(IntStream.range(100, 120).mapToObj(n -> "p" + n).toList());
            assertThat(outputs.costs()).hasSize(20);

            costsAreAskedOfTheServiceThatHasTheLedger(service);
        }
    }

    private void costsAreAskedOfTheServiceThatHasTheLedger(Service service) throws IOException {
        String port = service.address().substring(service.address().lastIndexOf(':') + 1);
        Product beside = Product.in(folder);
        Product.Ended costs = beside.run("costs", "--by", "job", "--format", "json", "-D", "management.port=" + port).with(0);
        assertThat(costs.err()).contains("the figures of the service at " + service.address());
        assertThat(Outputs.rows(costs.out())).extracting(row -> row.path("job").asText() + " " + row.path("requests").asInt())
                .hasSize(2).anySatisfy(job -> assertThat(job).startsWith("inbox ").endsWith(" 20")).contains("kafka both 20");
        assertThat(Outputs.rows(beside.run("costs", "--last", "3", "--format", "json", "-D", "management.port=" + port).with(0).out())).hasSize(3);
        assertThat(beside.run("costs", "-D", "management.port=" + KafkaBroker.freePort()).with(2).err()).contains("is in use by process");
    }
}
