package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.History;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Cost events on their way to {@code costs.to}, which may refuse them. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class CostOutboxTest {

    private static final String WITH_METADATA = "{\"prompt\":\"Why?\",\"metadata\":{\"order\":\"47\"}}";

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();
    private final List<JsonNode> sent = new CopyOnWriteArrayList<>();
    private final List<Map<String, Object>> headers = new CopyOnWriteArrayList<>();
    private Ledger ledger;
    private StepsUnderTest steps;

    @BeforeEach
    void open() {
        ledger = Ledger.open(TestLedgers.made(folder));
    }

    @AfterEach
    void stop() {
        steps.close();
        ledger.close();
    }

    /** @param topic is told of each event before it is taken */
    private void start(Processor topic) throws Exception {
        start(topic, "1s");
    }

    /** @param resendEvery that an acknowledgement may take, in a test that counts how often an event is sent */
    private void start(Processor topic, String resendEvery) throws Exception {
        steps = StepsUnderTest.of(server, ledger, Map.of("costs.to", "mock:costs", "costs.resend-every", resendEvery));
        MockEndpoint costs = steps.engines().main().camel().getEndpoint("mock:costs", MockEndpoint.class);
        costs.whenAnyExchangeReceived(exchange -> {
            topic.process(exchange);
            headers.add(exchange.getMessage().getHeaders());
            sent.add(Schemas.COST_EVENT.check(event(exchange)));
        });
        steps.start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:ask").to("prompt:asked?model=openai/gpt-4.1-mini");
            }
        });
    }

    private static JsonNode event(Exchange exchange) {
        return Json.tree(exchange.getMessage().getBody(byte[].class));
    }

    private void ask(String body) {
        assertThat(steps.send("ask", body, Map.of("mine", "stays here")).getException()).isNull();
    }

    /** Claims whose event nobody has acknowledged. */
    private Set<String> unsent() {
        return ledger.history().unsent(History.Event.NONE, Instant.now().plusSeconds(60), 1_000).stream().map(event -> event.claim().toString()).collect(Collectors.toSet());
    }

    private List<String> ids() {
        return sent.stream().map(event -> event.path("id").asText()).toList();
    }

    @Test
    void eachSettledCallIsToldOnceUnderItsClaimAndNotedBehind() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        start(exchange -> free.await(), "5m");
        server.script(Reply.half(), Reply.answer());
        IntStream.range(0, 4).forEach(n -> ask("{\"id\":\"c" + n + "\",\"prompt\":\"Why?\"}"));
        Set<String> claims = unsent();
        assertThat(claims).as("nobody waits for the topic; a call that may have been billed counts, too").hasSize(5);

        free.countDown();
        await().until(() -> unsent().isEmpty());
        assertThat(ids()).containsExactlyInAnyOrderElementsOf(claims);
        assertThat(headers).allSatisfy(all -> assertThat(all).containsOnlyKeys("content-type", "kafka.KEY"));
        assertThat(sent).extracting(event -> event.path("subject").asText()).containsOnly("c0", "c1", "c2", "c3");
    }

    @Test
    void eventThatIsNotTakenStaysUnsentAndComesAgainUnderTheSameId() throws Exception {
        Set<String> refused = new HashSet<>();
        start(exchange -> {
            if (refused.add(event(exchange).path("id").asText())) {
                throw new IllegalStateException("the topic is not there");
            }
        });
        ask("Why?");
        await().until(() -> !refused.isEmpty());
        assertThat(unsent()).containsExactlyElementsOf(refused);

        await().until(() -> unsent().isEmpty());
        assertThat(ids()).as("once, or more often where the acknowledgement is slow").isSubsetOf(refused);
    }

    @Test
    void eventOfAProcessThatIsGoneIsSentByTheNextOne() throws Exception {
        start(exchange -> {
            throw new IllegalStateException("the topic is not there");
        });
        ask("Why?");
        Set<String> claims = unsent();
        assertThat(claims).hasSize(1);
        steps.close();

        start(exchange -> { });
        await().until(() -> unsent().isEmpty());
        assertThat(ids()).isSubsetOf(claims);
    }

    @Test
    void eventThatIsTooLargeGoesWithoutItsMetadata() throws Exception {
        start(exchange -> {
            if (event(exchange).at("/data/metadata").isObject()) {
                throw new RecordTooLargeException("more than max.message.bytes");
            }
        }, "5m");
        ask(WITH_METADATA);
        Set<String> claims = unsent();
        await().until(() -> unsent().isEmpty());

        assertThat(ids()).as("sent at once").containsExactlyElementsOf(claims.isEmpty() ? Set.copyOf(ids()) : claims);
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).path("data").path("metadata_left_out").asBoolean()).isTrue();
    }

    @Test
    void metadataGoesAlongWhereThereIsRoom() throws Exception {
        start(exchange -> { });
        ask(WITH_METADATA);
        await().until(() -> unsent().isEmpty());

        assertThat(sent).singleElement().satisfies(event -> assertThat(event.at("/data/metadata/order").asText()).isEqualTo("47"));
    }
}
