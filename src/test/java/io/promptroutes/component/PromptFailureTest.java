package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.Schemas;
import io.promptroutes.app.Engines;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.prompt.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a record that has no answer. */
@Timeout(60)
class PromptFailureTest {

    /** One model alone, so that its failure is the prompt's. */
    private static final String ONE = "{\"prompt\":\"Why?\",\"model\":\"a/b\",\"strategy\":\"explicit\",\"models\":[]}";
    private static final Map<String, String> KEYS = Map.of("models.current.fallbacks", "", "fallback.free", "off");
    private static final Map<String, Object> RECORD = Map.of(KafkaConstants.TOPIC, "tickets", KafkaConstants.PARTITION, 0, KafkaConstants.OFFSET, 7L);

    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    @AutoClose
    private static final Engines ENGINES = StepsUnderTest.engines(SERVER, null, KEYS);
    @AutoClose
    private StepsUnderTest steps;
    private final List<Exchange> ended = new CopyOnWriteArrayList<>();
    private final Synchronization told = new SynchronizationAdapter() {
        @Override
        public void onFailure(Exchange exchange) {
            ended.add(exchange);
        }
    };

    @BeforeEach
    void start() throws Exception {
        SERVER.script();
        start(StepsUnderTest.beside(ENGINES));
    }

    private void start(StepsUnderTest made) throws Exception {
        steps = made.start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fail").to("prompt:fails").to("mock:behind");
                from("direct:pass").to("prompt:passes?onFailure=pass").to("mock:behind");
                from("direct:pass-text").to("prompt:texts?onFailure=pass&result=text").to("mock:behind");
                from("direct:skipped").to("prompt:skips?tombstones=skip").to("mock:behind");
                from("direct:refused").to("prompt:refuses?tombstones=fail").to("mock:behind");
                from("direct:error").process(exchange -> exchange.getExchangeExtension().addOnCompletion(told)).to("prompt:breaks").process(new AsyncProcessorSupport() {
                    @Override
                    public boolean process(Exchange exchange, AsyncCallback callback) {
                        throw new NoClassDefFoundError("io/vavr/control/Try");
                    }
                });
                from("direct:clause").onException(PromptFailed.class).handled(true).setBody(simple("${exception.code} ${exception.retryable} ${exception.letter}")).end()
                        .to("prompt:fails").to("mock:behind");
            }
        });
    }

    /** Camel itself would hold such an exchange for under way until the process ends, and let each shutdown wait for it. */
    @Test
    void errorBehindTheStepEndsTheExchange() {
        steps.template("error").withBody("Why?").asyncSend();

        await().untilAsserted(() -> assertThat(ended).singleElement().satisfies(exchange ->
                assertThat(exchange.getException()).hasRootCauseInstanceOf(NoClassDefFoundError.class)));
        assertThat(steps.camel().getInflightRepository().size()).isZero();
        assertThat(steps.pipeline("breaks").window().unfinished()).isZero();
        steps.template("pass").withBody("Why?").send();
        assertThat(steps.pipeline("passes").statistics().answered()).as("replies go on").isOne();
    }

    @Test
    void promptOfAnEngineThatHasStoppedIsGivenUp() throws Exception {
        steps.close();
        start(StepsUnderTest.of(SERVER, null, KEYS));
        steps.send("pass", "Why?");
        steps.engines().main().close();

        assertThat(failure(steps.send("pass", "Why?")).getCode()).isEqualTo(PromptFailed.GIVEN_UP);
        assertThat(steps.pipeline("passes").window().unfinished()).isZero();
        assertThat(steps.pipeline("passes").statistics().inFlight()).isZero();
    }

    private static PromptFailed failure(Exchange failed) {
        assertThat(failed.getException()).isInstanceOf(PromptFailed.class);
        return (PromptFailed) failed.getException();
    }

    private void nothingBehind() {
        assertThat(steps.mock("behind").getReceivedCounter()).isZero();
    }

    @Test
    void recordWithoutAnAnswerIsAnExceptionThatSaysWhy() {
        SERVER.scriptThen(Reply.error(400, "No such parameter"));
        PromptFailed failed = failure(steps.send("fail", ONE));

        JsonNode letter = Schemas.DEAD_LETTER.check(Json.tree(failed.getLetter().getBytes()));
        assertThat(failed.getCode()).isEqualTo(letter.at("/error/code").asText()).isNotEmpty();
        assertThat(failed).hasMessage(letter.at("/error/message").asText()).hasMessageContaining("No such parameter");
        assertThat(failed.isRetryable()).isFalse();
        assertThat(failed.getAttempts()).isEqualTo(SERVER.calls().size()).isPositive();
        assertThat(failed.isDecided()).isTrue();
        nothingBehind();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"{ | invalid_json", "{\"temperature\":1} | missing_prompt", "{\"prompt\":\"a\",\"strategy\":\"clever\"} | invalid_field"})
    void whatIsNoPromptIsAnExceptionToo(String body, String code) {
        PromptFailed failed = failure(steps.send("fail", body));

        assertThat(failed.getCode()).isEqualTo(code);
        assertThat(failed.getAttempts()).isZero();
        Schemas.DEAD_LETTER.check(Json.tree(failed.getLetter().getBytes()));
    }

    @Test
    void nothingAtAllIsNoPrompt() {
        assertThat(failure(steps.send("fail", null)).getCode()).isEqualTo("missing_prompt");
    }

    @Test
    void aClauseOfTheUsersTakesIt() {
        SERVER.scriptThen(Reply.error(400, "No such parameter"));
        Exchange handled = steps.send("clause", ONE);

        assertThat(handled.getException()).isNull();
        assertThat(handled.getMessage().getBody(String.class)).matches("\\w+ false \\{\"id\":.*");
        nothingBehind();
    }

    @Test
    void deadLetterGoesOnWhereAskedFor() {
        Exchange passed = steps.send("pass", "{");

        assertThat(passed.getException()).isNull();
        assertThat(Json.tree(passed.getMessage().getBody(byte[].class)).at("/error/code").asText()).isEqualTo("invalid_json");
        assertThat(passed.getMessage().getHeaders()).containsEntry("PromptRoutesStatus", "failed").containsEntry("PromptRoutesError", "invalid_json");
        assertThat(steps.mock("behind").getReceivedCounter()).isOne();
    }

    @Test
    void recordGoesOnAsItCameWhereOnlyTextsAreWanted() {
        Exchange passed = steps.send("pass-text", "{");

        assertThat(passed.getMessage().getBody()).isEqualTo("{");
        assertThat(passed.getMessage().getHeader("PromptRoutesStatus")).isEqualTo("failed");
    }

    @Test
    void kafkaRecordWithoutAValueGoesOnUntouchedAndUncalled() throws InterruptedException {
        MockEndpoint behind = steps.mock("behind");
        behind.expectedMessageCount(1);
        Exchange passed = steps.send("fail", null, RECORD);

        assertThat(passed.getException()).isNull();
        assertThat(passed.getMessage().getBody()).isNull();
        behind.assertIsSatisfied();
        assertThat(steps.pipeline("fails").statistics().passedOn()).isOne();
        assertThat(steps.pipeline("fails").statistics().taken()).isZero();
        assertThat(SERVER.calls()).isEmpty();
    }

    @Test
    void kafkaRecordWithoutAValueEndsThereWhereAskedFor() {
        assertThat(steps.send("skipped", null, RECORD).getException()).isNull();
        nothingBehind();
    }

    @Test
    void kafkaRecordWithoutAValueFailsWhereAskedFor() {
        assertThat(failure(steps.send("refused", null, RECORD)).getCode()).isEqualTo("missing_prompt");
        nothingBehind();
    }
}
