package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.message.Alerts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full for a while, or for good. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class PublishTest {

    private static final Map<String, String> QUICK = Map.of("publish.retries", "3", "publish.retry-millis", "20");

    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private static boolean isCost(Exchange exchange) {
        return exchange.getMessage().getBody(String.class).contains("specversion");
    }

    @ParameterizedTest(name = "costs: {0}")
    @ValueSource(booleans = {false, true})
    void whatCannotBeWrittenForAWhileIsWrittenOnceAfterwardsAndNothingIsCalledAgain(boolean costs) {
        AtomicInteger tries = new AtomicInteger();
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), QUICK, exchange -> {
            if (isCost(exchange) == costs && tries.incrementAndGet() <= 3) {
                throw new IOException("disk full");
            }
        })) {
            JsonNode result = routes.ask("{\"prompt\":\"Hello\"}");
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(tries).hasValue(4);
            assertThat(routes.results()).hasSize(1);
            assertThat(routes.costs()).hasSize(1);
            assertThat(routes.deadLetters()).isEmpty();
            assertThat(server.calls()).hasSize(1);
            assertThat(routes.intake().stopped()).isFalse();
        }
    }

    @ParameterizedTest(name = "costs: {0}")
    @ValueSource(booleans = {false, true})
    void whatCannotBeWrittenAtAllStopsTheJobAndIsNoDeadLetter(boolean costs) throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), QUICK, exchange -> {
            if (isCost(exchange) == costs) {
                tries.incrementAndGet();
                throw new IOException("disk full");
            }
        })) {
            routes.send("{\"prompt\":\"Hello\"}");
            routes.window().awaitFinished();
            assertThat(routes.intake().stopped()).isTrue();
            assertThat(routes.intake().reason()).contains("cannot be written", "disk full");
            assertThat(tries).as("once, and the three retries").hasValue(4);
            assertThat(routes.results()).isEmpty();
            assertThat(routes.deadLetters()).isEmpty();
        }
    }

    /** Takes nothing of one type until it is let go. */
    private static final class Slow implements Processor {

        private final String type;
        private final AtomicInteger waiting = new AtomicInteger();
        private final CountDownLatch free = new CountDownLatch(1);

        private Slow(String type) {
            this.type = type;
        }

        @Override
        public void process(Exchange exchange) throws InterruptedException {
            if (exchange.getMessage().getBody(String.class).contains(type)) {
                waiting.incrementAndGet();
                free.await();
            }
        }
    }

    @Test
    void aSlowPlaceForCostEventsHoldsNoPermitAndEveryPromptWaitsForItsOwn(@TempDir Path folder) {
        Slow disk = new Slow("promptroutes.cost.v1");
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1", "ledger.enabled", "on"), disk, ledger)) {
            List<String> ids = List.of(routes.send("{\"prompt\":\"One\"}"), routes.send("{\"prompt\":\"Two\"}"), routes.send("{\"prompt\":\"Three\"}"));
            await().untilAtomic(disk.waiting, equalTo(3));
            assertThat(server.calls()).hasSize(3);
            assertThat(routes.results()).isEmpty();
            assertThat(routes.window().unfinished()).isEqualTo(3);
            disk.free.countDown();
            assertThat(ids).allSatisfy(id -> assertThat(routes.outcome(id).path("status").asText()).isEqualTo("success"));
            assertThat(routes.costs()).hasSize(3);
        }
    }

    /** A probe whose call is to be made again lets another one look, also while its cost event finds no place. */
    @Test
    void aCallThatIsSettledGivesItsPermissionBackBeforeItsCostEventIsPublished(@TempDir Path folder) {
        Slow disk = new Slow("promptroutes.cost.v1");
        server.script(Reply.half());
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), disk, ledger)) {
            String id = routes.send("{\"prompt\":\"Hello\"}");
            await().untilAtomic(disk.waiting, equalTo(1));
            assertThat(routes.intake().inFlight()).isZero();
            disk.free.countDown();
            assertThat(routes.outcome(id).path("status").asText()).isEqualTo("success");
            assertThat(routes.costs()).hasSize(2);
        }
    }

    @Test
    void aSlowPlaceForAlertsHoldsUpNoPromptAndIsWaitedForAtTheEnd() {
        Slow disk = new Slow("promptroutes.alert.v1");
        server.script(Reply.error(402, "Insufficient credits"));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"), disk)) {
            assertThat(routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}").at("/fallback/reason").asText()).isEqualTo("insufficient_credit");
            assertThat(routes.ask("{\"prompt\":\"Hello\"}").path("status").asText()).isEqualTo("success");
            await().untilAtomic(disk.waiting, equalTo(1));
            alert(routes, "behind it");
            assertThat(routes.alerts()).isEmpty();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> routes.camel().stop());
            await().until(() -> routes.camel().getStatus().isStopping());
            disk.free.countDown();
            closed.join();
            assertThat(routes.alerts()).extracting(alert -> alert.at("/data/kind").asText()).containsExactly("credit", "paused");
        }
    }

    private static void alert(RoutesUnderTest routes, String message) {
        try (ProducerTemplate template = routes.camel().createProducerTemplate()) {
            template.sendBody("direct:alert", Alerts.of(Alerts.Kind.PAUSED, "intake", message, alert -> { }, Instant.now()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void alertsThatFindNoPlaceAreLeftToTheLogAndHoldNobodyUp() {
        Slow disk = new Slow("promptroutes.alert.v1");
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of(), disk)) {
            alert(routes, "first");
            await().untilAtomic(disk.waiting, equalTo(1));
            IntStream.rangeClosed(1, 1_001).forEach(n -> alert(routes, "alert " + n));
            disk.free.countDown();
            await().untilAsserted(() -> assertThat(routes.alerts()).hasSize(1_001));
        }
    }
}
