package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Provider;
import io.promptroutes.ledger.TestLedgers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Pipelines of one process that call different providers. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class PipelineProviderTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer main = new ScriptedServer();
    @AutoClose
    private final ScriptedServer own = new ScriptedServer();
    private Ledger ledger;
    private StepsUnderTest steps;

    @BeforeEach
    void start() throws Exception {
        ledger = Ledger.open(TestLedgers.made(folder.resolve("data")));
        Path key = Files.writeString(folder.resolve("key"), "of-the-own-one");
        ledger.providers().add(new Provider("own", "Our own", "openai", own.baseUrl(), Map.of(Provider.KEY, "file:" + key), true, false)).join();
        steps = StepsUnderTest.of(main, ledger, Map.of("pause.first-look", "60s", "costs.to", "mock:costs", "costs.resend-every", "1s")).start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:main").to("prompt:tickets?model=a/b&result=text&whenFull=reject");
                from("direct:own").to("prompt:moods?model=local&provider=own&result=text&whenFull=reject");
                from("direct:own-too").to("prompt:others?model=local&provider=own&result=text&whenFull=reject");
            }
        });
    }

    @AfterEach
    void stop() {
        steps.close();
        ledger.close();
    }

    @Test
    void eachPipelineCallsItsOwnWithItsKeyAndModel() {
        steps.send("main", "Why?");
        steps.send("own", "Why?");
        steps.send("own-too", "Why?");

        assertThat(main.calls()).singleElement().satisfies(call -> {
            assertThat(call.model()).isEqualTo("a/b");
            assertThat(call.header("Authorization")).isEqualTo("Bearer " + StepsUnderTest.KEY);
        });
        assertThat(own.calls()).hasSize(2).allSatisfy(call -> {
            assertThat(call.model()).isEqualTo("local");
            assertThat(call.header("Authorization")).isEqualTo("Bearer of-the-own-one");
        });
    }

    /** The same request of one id is asked of each: another's answer is none of its. */
    @Test
    void answerOfOneProviderIsNoneOfAnother() {
        String request = "{\"id\":\"q1\",\"prompt\":\"Why?\",\"model\":\"a/b\"}";
        steps.send("main", request);
        steps.send("own", request);
        steps.send("own", request);

        assertThat(main.calls()).hasSize(1);
        assertThat(own.calls()).hasSize(1);
    }

    @Test
    void pauseOfOneProviderHoldsNoPipelineOfAnother() {
        steps.send("own", "One that works");
        steps.engines().of("own").intake().pause("the own one cannot be reached");

        assertThat(steps.send("own", "Why?").getException()).hasMessageContaining("paused");
        assertThat(steps.send("own-too", "Why?").getException()).hasMessageContaining("paused");
        assertThat(steps.send("main", "Why?").getException()).isNull();
        assertThat(steps.engines().paused()).contains("the own one cannot be reached");
    }

    /** Each engine sends the events of its own calls; what is left over is sent again by one of them, not by each. */
    @Test
    void costEventThatWasNotTakenIsSentAgainByOneEngineAlone() {
        MockEndpoint costs = costs("openrouter");
        MockEndpoint others = costs("own");
        costs.whenAnyExchangeReceived(exchange -> exchange.setException(new IllegalStateException("the topic is not there")));
        steps.send("main", "Why?");
        await().untilAsserted(() -> assertThat(costs.getReceivedCounter()).isGreaterThanOrEqualTo(3));

        assertThat(others.getReceivedCounter()).isZero();
    }

    private MockEndpoint costs(String provider) {
        return steps.engines().of(provider.equals("own") ? provider : null).camel().getEndpoint("mock:costs", MockEndpoint.class);
    }

    @Test
    void failuresOfOneAreCountedForItsPipelineAlone() {
        own.scriptThen(Reply.error(400, "No such parameter"));
        assertThat(steps.send("own", "Why?").getException()).isNotNull();
        steps.send("main", "Why?");

        assertThat(steps.pipeline("moods").statistics().deadLetters()).isOne();
        assertThat(steps.pipeline("tickets").statistics().answered()).isOne();
        assertThat(steps.pipeline("tickets").statistics().deadLetters()).isZero();
    }
}
