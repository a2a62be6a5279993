package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Files that are put into the service's inbox. */
@Execution(ExecutionMode.CONCURRENT)
class InboxIT {

    @TempDir
    private Path folder;

    private static Simulator simulator(String latency) {
        return Simulator.start(Simulated.by(Map.of("simulator.latency", latency, "simulator.record", "true")));
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
    void completeFilesAreAnsweredBesideThemselvesOrFailedWithTheReasonAndOthersAreLeftAlone() throws Exception {
        try (Simulator simulator = simulator("20ms"); Service service = new Service(product(simulator), null, "files")) {
            product(simulator).file("in/a.jsonl", lines(0, 20) + "{broken\n").file("in/b.txt", "Say hi\nSay hi\nWhy is the sky blue?\n")
                    .file("in/g.csv", "id,prompt\ng,Say g.\n").file("in/h.csv.gz", "prompt\nSay h.\n").file("in/empty.jsonl", "").file("in/c.jsonl.tmp", lines(0, 1)).file("in/.d.jsonl", lines(0, 1))
                    .file("in/done/x.jsonl", "a file where a folder should be").file("in/x.jsonl", lines(30, 33));
            Files.write(folder.resolve("in/cut.txt.gz"), new byte[] {0x1F, (byte) 0x8B, 8});
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
            assertFailedWithTheReason();

            // another file of the same name, with some that were answered before
            Files.writeString(folder.resolve("in/a.jsonl.tmp"), lines(15, 25));
            Files.move(folder.resolve("in/a.jsonl.tmp"), folder.resolve("in/a.jsonl"));
            Path second = await().atMost(Duration.ofSeconds(60)).until(() -> again("a.jsonl"), one -> one != null && Files.exists(one.resolve("a.jsonl")));
            assertThat(Outputs.of(second).resultIds()).containsExactlyInAnyOrderElementsOf(IntStream.range(15, 25).mapToObj(n -> "p" + n).toList());
            assertThat(Outputs.of(done("a.jsonl")).results()).as("the first is left as it was").hasSize(20);
            assertThat(simulator.bill().completions()).isEqualTo(30);
        }
    }

    /** Where the next file of a name is put. */
    private Path again(String name) throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("in/done"))) {
            return all.filter(one -> one.getFileName().toString().startsWith(name + ".")).findFirst().orElse(null);
        }
    }

    @Test
    void whatIsPutAwayIsWhatWasReadWhateverIsDoneToTheFileMeanwhile() throws Exception {
        try (Simulator simulator = simulator("200ms"); Service service = new Service(product(simulator), null, "meanwhile")) {
            product(simulator).file("in/a.jsonl", lines(0, 20)).file("in/b.jsonl", lines(100, 110)).file("in/c.jsonl", lines(200, 210));
            try (OutputStream grows = Files.newOutputStream(folder.resolve("in/b.jsonl"), StandardOpenOption.APPEND);
                    OutputStream changes = Files.newOutputStream(folder.resolve("in/c.jsonl"), StandardOpenOption.WRITE)) {
                service.start("inbox.directory=in", "inbox.settled=100ms");
                await().atMost(Duration.ofSeconds(60)).until(() -> simulator.bill().completions() > 0);
                // its name is free: another file has it now, by renaming; and the others are written to by who has them open
                Files.writeString(folder.resolve("in/a.jsonl.tmp"), lines(50, 60));
                Files.move(folder.resolve("in/a.jsonl.tmp"), folder.resolve("in/a.jsonl"));
                grows.write(lines(110, 115).getBytes(StandardCharsets.UTF_8));
                changes.write("{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_8));
            }
            awaitDone("a.jsonl");
            awaitDone("b.jsonl");
            Path second = await().atMost(Duration.ofSeconds(60)).until(() -> again("a.jsonl"), one -> one != null && Files.exists(one.resolve("a.jsonl")));
            assertThat(done("a.jsonl").resolve("a.jsonl")).hasContent(lines(0, 20));
            assertThat(Outputs.of(done("a.jsonl")).resultIds()).containsExactlyInAnyOrderElementsOf(ids(0, 20));
            assertThat(second.resolve("a.jsonl")).hasContent(lines(50, 60));
            assertThat(Outputs.of(second).resultIds()).containsExactlyInAnyOrderElementsOf(ids(50, 60));
            assertThat(Outputs.of(done("b.jsonl")).resultIds()).as("what was added is read").containsExactlyInAnyOrderElementsOf(ids(100, 115));
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("in/failed/c.jsonl/c.jsonl")));
            assertThat(folder.resolve("in/failed/c.jsonl/reason.txt")).content().contains("it was changed while it was answered");
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(folder.resolve("in/working")).isEmptyDirectory());
            assertThat(simulator.bill().completions()).as("nothing is paid twice").isBetween(54L, 55L);
        }
    }

    @Test
    void entriesThatAreNoFilesOrNotWholeHoldUpNobodyAndArePutIntoWordsOnce() throws Exception {
        try (Simulator simulator = simulator("20ms"); Service service = new Service(product(simulator), null, "odd")) {
            product(simulator).file("elsewhere.jsonl", lines(0, 1)).file("in/Book1.CSV", "prompt\nSay b.\n").file("in/future.jsonl", lines(10, 12))
                    .file("in/old.jsonl", lines(20, 22)).file("in/report.parquet", "PAR1").file("in/grows.jsonl", lines(300, 301));
            Files.write(folder.resolve("in/excel.csv"), new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0});
            Files.createSymbolicLink(folder.resolve("in/link.jsonl"), folder.resolve("elsewhere.jsonl"));
            Files.createSymbolicLink(folder.resolve("in/zero.jsonl"), Path.of("/dev/zero"));
            new ProcessBuilder("mkfifo", folder.resolve("in/fifo.jsonl").toString()).start().waitFor();
            Files.setLastModifiedTime(folder.resolve("in/future.jsonl"), FileTime.from(Instant.now().plus(Duration.ofDays(400))));
            Files.setLastModifiedTime(folder.resolve("in/old.jsonl"), FileTime.from(Instant.EPOCH));
            service.start("inbox.directory=in", "inbox.settled=3s");
            for (int line = 301; !Files.exists(done("future.jsonl").resolve("future.jsonl")) || line < 310; line++) {
                assertThat(line).isLessThan(1_000);
                Files.writeString(folder.resolve("in/grows.jsonl"), lines(line, line + 1), StandardOpenOption.APPEND);
                Files.setLastModifiedTime(folder.resolve("in/grows.jsonl"), FileTime.from(Instant.EPOCH)); // as rsync and cp -p do
                new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            }
            assertThat(folder.resolve("in/grows.jsonl")).as("not taken while it grows").exists();
            awaitDone("old.jsonl");
            awaitDone("Book1.CSV");
            awaitDone("grows.jsonl");
            assertThat(Outputs.of(done("grows.jsonl")).results()).hasSameSizeAs(Files.readAllLines(done("grows.jsonl").resolve("grows.jsonl")));
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve("in/failed/excel.csv/excel.csv")));
            assertThat(folder.resolve("in/failed/excel.csv/reason.txt")).content().contains("it is binary");
            service.awaitUnready("inbox", "3 in the inbox: fifo.jsonl is not taken: it is a link");
            assertThat(service.err().lines().filter(line -> line.contains("report.parquet")).toList()).singleElement().asString().contains("it ends in none of .jsonl");
            assertThat(service.err().lines().filter(line -> line.contains("zero.jsonl"))).hasSize(1);
            Files.delete(folder.resolve("in/fifo.jsonl"));
            Files.delete(folder.resolve("in/link.jsonl"));
            Files.delete(folder.resolve("in/zero.jsonl"));
            service.awaitReady();
            long before = System.nanoTime();
            service.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void whatCannotBePutAwayIsNamedUntilItCanAndIsNotReadAgain() throws Exception {
        Path other = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(other) && !Files.getFileStore(other).equals(Files.getFileStore(folder)), "another volume");
        other = Files.createTempDirectory(other, "inbox-");
        try (Simulator simulator = simulator("400ms"); Service service = new Service(product(simulator), null, "away")) {
            product(simulator).file("in/a.jsonl", lines(0, 10));
            Files.createSymbolicLink(folder.resolve("in/done"), other);
            service.start("inbox.directory=in", "inbox.settled=100ms");
            await().atMost(Duration.ofSeconds(60)).until(() -> simulator.bill().completions() > 0);
            Path inTheWay = Files.createDirectories(done("a.jsonl").resolve("a.jsonl/in-the-way"));
            service.awaitUnready("inbox", "a.jsonl cannot be put away");
            product(simulator).file("in/b.jsonl", lines(20, 25));
            awaitDone("b.jsonl");
            assertThat(service.err().lines().filter(line -> line.contains("cannot be put away"))).hasSize(1);
            Files.delete(inTheWay);
            Files.delete(inTheWay.getParent());
            awaitDone("a.jsonl");
            service.awaitReady();
            assertThat(Outputs.of(done("a.jsonl")).resultIds()).containsExactlyInAnyOrderElementsOf(ids(0, 10));
            assertThat(simulator.bill().completions()).isEqualTo(15);
            assertThat(folder.resolve("in/failed")).doesNotExist();
        } finally {
            FileUtils.deleteDirectory(other.toFile());
        }
    }

    @Test
    void noInputTakesThePlaceOfAnOutputAndNoResultStaysWithoutItsLine() throws Exception {
        Path other = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(other) && !Files.getFileStore(other).equals(Files.getFileStore(folder)), "another volume");
        other = Files.createTempDirectory(other, "inbox-");
        try (Simulator simulator = simulator("200ms"); Service service = new Service(product(simulator), null, "names")) {
            product(simulator).file("in/results.jsonl", lines(0, 5)).file("in/dead-letters.jsonl", lines(10, 12) + "{broken\n").file("in/r.jsonl", lines(100, 110))
                    .file("in/folder/x.jsonl", lines(0, 1)).file("in/removed-rows.jsonl", "\n");
            Files.write(folder.resolve("in/reason.txt"), new byte[] {0x1F, (byte) 0x8B, 8});
            Files.createSymbolicLink(folder.resolve("in/failed"), other);
            try (OutputStream again = Files.newOutputStream(folder.resolve("in/r.jsonl"), StandardOpenOption.WRITE)) {
                service.start("inbox.directory=in", "inbox.settled=100ms");
                await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(done("r.jsonl/results.jsonl")) && Files.size(done("r.jsonl/results.jsonl")) > 0);
                again.write(lines(200, 212).getBytes(StandardCharsets.UTF_8)); // over what was there
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(done("results.jsonl/input-results.jsonl")) && Files.exists(done("dead-letters.jsonl/input-dead-letters.jsonl")));
            assertThat(done("results.jsonl/input-results.jsonl")).hasContent(lines(0, 5));
            assertThat(Outputs.of(done("results.jsonl")).resultIds()).containsExactlyInAnyOrderElementsOf(ids(0, 5));
            assertThat(Outputs.of(done("dead-letters.jsonl")).deadLetterIds()).containsExactly("dead-letters.jsonl:3");
            assertThat(Outputs.of(done("dead-letters.jsonl")).resultIds()).containsExactlyInAnyOrderElementsOf(ids(10, 12));
            Path failed = folder.resolve("in/failed/reason.txt");
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(failed.resolve("input-reason.txt")));
            assertThat(failed.resolve("reason.txt")).content().contains("cannot be read to its end");
            assertThat(Outputs.of(failed).deadLetters()).as("to another volume").hasSize(1);
            assertThat(done("reason.txt")).doesNotExist();
            awaitDone("r.jsonl");
            assertThat(Outputs.of(done("r.jsonl")).resultIds()).containsExactlyInAnyOrderElementsOf(ids(200, 212));
            assertThat(Outputs.ids(Outputs.lines(done("r.jsonl/removed-rows.jsonl")))).as("paid, and kept").containsExactlyInAnyOrderElementsOf(ids(100, 110));
            assertThat(service.err()).containsOnlyOnce("folder is not taken: it is a folder").doesNotContain("done is not taken", "failed is not taken");
            service.awaitReady();

            Files.move(folder.resolve("in"), folder.resolve("gone"));
            service.awaitUnready("inbox", "cannot be looked through");
            Files.move(folder.resolve("gone"), folder.resolve("in"));
            service.awaitReady();
        } finally {
            FileUtils.deleteDirectory(other.toFile());
        }
    }

    @Test
    void manySmallFilesOfTwoInstancesWithFewDescriptorsAreEachAnsweredOnce() throws Exception {
        int files = 150;
        try (Simulator simulator = simulator("50ms")) {
            Product narrow = product(simulator).behind("sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh");
            for (int n = 0; n < files; n++) {
                narrow.file("in/" + n + ".jsonl", lines(n, n + 1));
            }
            try (Service one = new Service(narrow, null, "one"); Service two = new Service(narrow, null, "two")) {
                one.start("inbox.directory=in", "inbox.settled=100ms");
                two.start("inbox.directory=in", "inbox.settled=100ms");
                for (int n = 0; n < files; n++) {
                    awaitDone(n + ".jsonl");
                }
                assertThat(folder.resolve("in/failed")).doesNotExist();
                assertThat(simulator.bill().completions()).isEqualTo(files);
            }
        }
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "p" + n).toList();
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
            assertThat(folder.resolve("in/working/long.jsonl/long.jsonl")).as("it is this service's, and goes on").exists();
            service.start("inbox.directory=in", "inbox.settled=100ms");
            awaitDone("long.jsonl");
            assertThat(Outputs.of(done("long.jsonl")).resultIds())
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, prompts).mapToObj(n -> "p" + n).toList());
            assertThat(simulator.bill().completions()).as("only calls that ran at the kill may be paid twice")
                    .isBetween((long) calls, (long) calls + concurrency);
        }
    }

    /** Of a file that cannot be read, and of one whose results have no place. */
    private void assertFailedWithTheReason() {
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve("in/failed/cut.txt.gz/cut.txt.gz")));
        assertThat(Outputs.of(folder.resolve("in/failed/cut.txt.gz")).deadLetter("cut.txt.gz:1").at("/error/code").asText()).isEqualTo("unreadable");
        assertThat(folder.resolve("in/failed/cut.txt.gz/reason.txt")).content().contains("cannot be read to its end");
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve("in/failed/x.jsonl/x.jsonl")));
        assertThat(folder.resolve("in/failed/x.jsonl/reason.txt")).content().contains("its results cannot be written");
        assertThat(folder.resolve("in/x.jsonl")).doesNotExist();
    }

    @Test
    void filesAndATopicInOneProcessEachGetTheirOwnResults() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker")); Simulator simulator = simulator("20ms");
                Service service = new Service(product(simulator), broker.bootstrapServers(), "both")) {
            service.topics(Map.of());
            service.produce(0, 20);
            product(simulator).file("in/f.jsonl", lines(100, 120));
            service.start("pipelines=prompts,inbox", "inbox.directory=in", "inbox.settled=100ms");
            awaitDone("f.jsonl");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).isEqualTo(20));
            assertThat(service.read("results")).hasSize(20);
            assertThat(service.read("costs")).hasSize(20);
            Outputs outputs = Outputs.of(done("f.jsonl"));
            assertThat(outputs.resultIds()).containsExactlyInAnyOrderElementsOf(IntStream.range(100, 120).mapToObj(n -> "p" + n).toList());
            assertThat(outputs.costs()).hasSize(20);

            costsAreToldBesideTheService();
        }
    }

    private void costsAreToldBesideTheService() {
        Product beside = Product.in(folder.resolve("beside")).with("LEDGER_DIRECTORY", folder.resolve("data").toString());
        Product.Ended costs = beside.runHere("costs", "--by", "job", "--format", "json").with(0);
        assertThat(Outputs.rows(costs.out())).extracting(row -> row.path("job").asText() + " " + row.path("requests").asInt())
                .hasSize(2).anySatisfy(job -> assertThat(job).startsWith("inbox ").endsWith(" 20")).contains("pipeline prompts 20");
        assertThat(Outputs.rows(beside.runHere("costs", "--last", "3", "--format", "json").with(0).out())).hasSize(3);
    }
}
