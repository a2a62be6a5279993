package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** By what a prompt is known again, which is then answered from the ledger. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class PromptIdentityTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();
    private Ledger ledger;
    private StepsUnderTest steps;

    @BeforeEach
    void start() throws Exception {
        ledger = Ledger.open(TestLedgers.made(folder.resolve("data")));
        Files.createDirectories(folder.resolve("in"));
        steps = start(folder.resolve("in"));
    }

    private StepsUnderTest start(Path in) throws Exception {
        return StepsUnderTest.of(server, ledger, Map.of()).start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:tickets").to("prompt:tickets");
                from("direct:moods").to("prompt:moods");
                from("direct:premium").to("prompt:premium?budget=premium");
                from("direct:named").setHeader(Exchange.FILE_NAME, constant("out.txt")).to("prompt:named");
                from("timer:tick?repeatCount=3&period=1&delay=0").autoStartup(false).routeId("clock").setBody(constant("What is the time?")).to("prompt:clock").to("mock:ticked");
                from("file:" + in + "?initialDelay=0&delay=50&move=.done").split(body().tokenize("\n")).streaming().to("prompt:lines").to("mock:answered").end().to("mock:file");
            }
        });
    }

    @AfterEach
    void stop() {
        steps.close();
        ledger.close();
    }

    private Exchange record(String route, String body, long offset) {
        Exchange answered = steps.send(route, body, Map.of(KafkaConstants.TOPIC, "in", KafkaConstants.PARTITION, 2, KafkaConstants.OFFSET, offset));
        assertThat(answered.getException()).isNull();
        return answered;
    }

    @Test
    void kafkaRecordThatComesAgainIsAnsweredFromTheLedger() {
        Exchange first = record("tickets", "Why?", 7);
        Exchange again = record("tickets", "Why?", 7);

        assertThat(server.calls()).hasSize(1);
        assertThat(again.getMessage().getBody()).isEqualTo(first.getMessage().getBody());
        assertThat(again.getMessage().getHeaders()).containsEntry("PromptRoutesId", "in-2-7").containsEntry("PromptRoutesStatus", "success");
    }

    @Test
    void otherRecordOtherTextOtherPipelineOrOtherOptionsAreOtherPrompts() {
        record("tickets", "Why?", 7);
        record("tickets", "Why?", 8);
        record("tickets", "How?", 7);
        record("moods", "Why?", 7);
        record("premium", "Why?", 7);

        assertThat(server.calls()).hasSize(5);
    }

    @Test
    void requestOfOneIdIsOnePromptWhateverRecordItComesIn() {
        record("tickets", "{\"id\":\"t1\",\"prompt\":\"Why?\"}", 7);
        Exchange again = record("tickets", "{\"id\":\"t1\",\"prompt\":\"Why?\"}", 9);

        assertThat(server.calls()).hasSize(1);
        assertThat(Json.tree(again.getMessage().getBody(byte[].class)).at("/source/offset").asInt()).as("the record that asked now").isEqualTo(9);
    }

    @Test
    void bodiesThatNothingIsKnownOfAreNewEachTime() throws Exception {
        steps.mock("ticked").expectedMessageCount(3);
        steps.send("tickets", "Why?");
        steps.send("tickets", "Why?");
        steps.camel().getRouteController().startRoute("clock");
        steps.mock("ticked").assertIsSatisfied();

        assertThat(server.calls()).hasSize(5);
    }

    /** Which names what is to be written, not where the body came from. */
    @Test
    void nameOfAFileThatARouteGivesIsNoOrigin() {
        steps.send("named", "Why?");
        steps.send("named", "Why?");

        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void equalLinesOfAFileAreTwoPromptsAndASecondRunOfItIsAnsweredFromTheLedger() throws Exception {
        drop("Why?\nHow?\nWhy?");
        assertThat(server.calls()).hasSize(3);

        drop("Who?\nWhy?\nHow?\nWhy?\nWhy?");
        assertThat(server.calls()).as("a line in front, and a third of the kind").hasSize(5);
        steps.close();
        steps = start(folder.resolve("in"));
        drop("Who?\nWhy?\nHow?\nWhy?\nWhy?");
        assertThat(server.calls()).hasSize(5);
    }

    private void drop(String text) throws IOException, InterruptedException {
        MockEndpoint file = steps.mock("file");
        MockEndpoint answered = steps.mock("answered");
        List.of(file, answered).forEach(MockEndpoint::reset);
        file.expectedMessageCount(1);
        answered.expectedMessageCount(text.split("\n").length);
        Files.writeString(folder.resolve("writing"), text);
        Files.move(folder.resolve("writing"), folder.resolve("in").resolve("questions.txt"));
        MockEndpoint.assertIsSatisfied(file, answered);
        await().until(() -> !Files.exists(folder.resolve("in").resolve("questions.txt")));
    }
}
