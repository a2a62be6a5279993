package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of files on their way through a route of the user's. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class InboxRouteTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();
    private final AtomicInteger tries = new AtomicInteger();
    private Ledger ledger;
    private StepsUnderTest steps;

    @AfterEach
    void stop() {
        steps.close();
        ledger.close();
    }

    private void start(Function<RouteDefinition, ?> route) throws Exception {
        Files.createDirectories(folder.resolve("in"));
        ledger = Ledger.open(TestLedgers.made(folder.resolve("data")));
        steps = StepsUnderTest.of(server, ledger, Map.of()).start(new RouteBuilder() {
            @Override
            public void configure() {
                route.apply(from("inbox:" + folder.resolve("in") + "?settled=0").routeId("inbox"));
                from("direct:part").to("prompt:parts").process(new ErrorOnce());
            }
        });
    }

    private void drop(String... lines) throws IOException {
        Files.write(folder.resolve("writing"), List.of(lines));
        Files.move(folder.resolve("writing"), folder.resolve("in").resolve("questions.txt"));
    }

    private List<Path> named(String name) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().equals(name)).toList();
        } catch (IOException | java.io.UncheckedIOException e) { // one of them was just moved
            return List.of();
        }
    }

    private List<String> results() throws IOException {
        await().atMost(Duration.ofSeconds(40)).until(() -> !named("questions.txt").isEmpty() && named("questions.txt").get(0).toString().contains("done"));
        assertThat(named("dead-letters.jsonl")).allSatisfy(file -> assertThat(file).isEmptyFile());
        return Files.readAllLines(named("results.jsonl").get(0));
    }

    @Test
    void lineWhoseRouteFailsOnceIsAnsweredAndPaidOnce() throws Exception {
        start(route -> route.to("prompt:inbox").process(exchange -> {
            if (tries.getAndIncrement() < 2) {
                throw new IllegalStateException("not yet");
            }
        }));
        drop("Why?", "How?", "Why?");

        assertThat(results()).hasSize(3);
        assertThat(server.calls()).as("equal lines are two prompts").hasSize(3);
    }

    @Test
    void twoStepsMayAskAboutOneLine() throws Exception {
        start(route -> route.to("prompt:first?result=text").to("prompt:second"));
        drop("Why?", "How?");

        assertThat(results()).hasSize(2);
        assertThat(server.calls()).hasSize(4);
    }

    @Test
    void lineInWhoseRouteAnErrorWasThrownIsTriedAgain() throws Exception {
        start(route -> route.process(exchange -> fail(0)).to("prompt:inbox").process(exchange -> fail(1)));
        drop("Why?");

        assertThat(results()).hasSize(1);
        assertThat(server.calls()).hasSize(1);
    }

    /** Else every shutdown would wait for it. */
    private void nothingIsUnderWay() {
        await().untilAsserted(() -> assertThat(steps.camel().getRoutes()).allSatisfy(route ->
                assertThat(steps.camel().getInflightRepository().size(route.getRouteId())).as(route.getRouteId()).isZero()));
    }

    /** An Error that Camel lets through: of a step that is not called by one of Camel's own. */
    private final class ErrorOnce extends AsyncProcessorSupport {

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            if (tries.getAndIncrement() == 0) {
                throw new NoClassDefFoundError("io/vavr/control/Try");
            }
            callback.done(true);
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"split", "enrich"})
    void errorInAPartThatTheRouteWaitsForBreaksTheRoute(String kind) throws Exception {
        start(route -> (kind.equals("split") ? route.split().body().to("direct:part").end() : route.enrich("direct:part", (before, part) -> before)).to("prompt:inbox"));
        drop("Why?");

        assertThat(results()).hasSize(1);
        assertThat(tries).as("the first time and once more").hasValue(2);
        assertThat(server.calls()).as("one of each step").hasSize(2);
        nothingIsUnderWay();
    }

    @Test
    void errorInACopyThatGoesItsOwnWayLeavesTheRouteAlone() throws Exception {
        AtomicInteger through = new AtomicInteger();
        start(route -> route.wireTap("direct:part").end().process(exchange -> {
            await().until(() -> tries.get() > 0 && steps.camel().getInflightRepository().size() == 1);
            through.incrementAndGet();
        }).to("prompt:inbox"));
        drop("Why?");

        assertThat(results()).hasSize(1);
        assertThat(through).as("sent on once").hasValue(1);
        nothingIsUnderWay();
    }

    private void fail(int when) {
        if (tries.get() == when) {
            tries.incrementAndGet();
            throw new AssertionError("before and behind the step");
        }
    }

    @Test
    void failingLinesAreNamedUntilTheyFailNoMoreAndOthersGoOn() throws Exception {
        start(route -> route.to("prompt:inbox").process(exchange -> {
            if (tries.get() == 0 && Json.tree(exchange.getMessage().getBody(byte[].class)).at("/source/line").asInt() == 2) {
                throw new IllegalStateException("no disk");
            }
        }));
        drop("Why?", "How?", "Who?");
        InboxConsumer inbox = steps.camel().getComponent("prompt", PromptComponent.class).inboxes().iterator().next();
        await().atMost(Duration.ofSeconds(20)).until(() -> inbox.problem() != null && steps.pipeline("inbox").statistics().answered() >= 3);
        assertThat(inbox.problem()).contains("questions.txt", "line 2", "no disk");
        tries.set(1);

        assertThat(results()).hasSize(3);
        assertThat(inbox.problem()).isNull();
        assertThat(server.calls()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"result", "text", "{mood: .text}"})
    void sourceThatStopsLeavesWhatFailsAndAnotherOneGoesOn(String result) throws Exception {
        server.when(call -> call.body().toString().contains("How?"), Reply.text("So."));
        start(route -> route.setProperty("asked").body().to("prompt:inbox?result=RAW(" + result + ")").process(exchange -> {
            if (tries.get() == 0 && exchange.getProperty("asked", String.class).equals("How?")) {
                throw new IllegalStateException("no disk");
            }
        }));
        drop("Why?", "How?");
        await().atMost(Duration.ofSeconds(20)).until(() -> !named("results.jsonl").isEmpty() && Files.size(named("results.jsonl").get(0)) > 0
                && steps.pipeline("inbox").statistics().answered() >= 2);
        steps.camel().getRouteController().stopRoute("inbox");
        tries.set(1);
        steps.camel().getRouteController().startRoute("inbox");

        assertThat(results()).hasSize(2);
        assertThat(server.calls()).hasSize(2);
    }
}
