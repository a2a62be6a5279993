package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full for a while, or for good. */
@Timeout(60)
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
            routes.intake().awaitFinished();
            assertThat(routes.intake().stopped()).isTrue();
            assertThat(routes.intake().reason()).contains("cannot be written", "disk full");
            assertThat(tries).as("once, and the three retries").hasValue(4);
            assertThat(routes.results()).isEmpty();
            assertThat(routes.deadLetters()).isEmpty();
        }
    }
}
