package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that keeps connections alive, and then closes them all the same. */
@Timeout(60)
class ClosedConnectionTest {

    private static final String ASK = "{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}";

    @AutoClose
    private final ScriptedServer server = new ScriptedServer();
    private final AtomicInteger closed = new AtomicInteger();

    private static void close(Socket socket, boolean reset) throws IOException {
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    private Reply answerAndClose() {
        return (socket, out) -> {
            Reply.answer().write(socket, out);
            out.flush();
            close(socket, false);
            closed.incrementAndGet();
        };
    }

    /** A reset discards what the client has not read yet, so every call of the round has its own connection, and the reset waits until all were read. */
    private Reply answerAndReset(CyclicBarrier arrived, Semaphore read) {
        return (socket, out) -> {
            meet(arrived);
            Reply.answer().write(socket, out);
            out.flush();
            read.acquireUninterruptibly();
            close(socket, true);
            closed.incrementAndGet();
        };
    }

    private static void meet(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** Another call on the connection is read, and then the connection ends without a byte. */
    private static Reply closeUnanswered(boolean reset) {
        return (socket, out) -> close(socket, reset);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "16,false", "16,true"})
    void whatWasClosedAfterAnAnswerIsNotUsedAgain(int concurrency, boolean reset) {
        Semaphore read = new Semaphore(0);
        server.scriptThen(reset ? answerAndReset(new CyclicBarrier(concurrency), read) : answerAndClose());
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", String.valueOf(concurrency)))) {
            for (int round = 1; round <= 3; round++) {
                int calls = round * concurrency;
                List<String> ids = Stream.generate(() -> routes.send(ASK)).limit(concurrency).toList();
                assertThat(ids).map(routes::outcome).allSatisfy(result -> {
                    assertThat(result.path("status").asText()).isEqualTo("success");
                    assertThat(result.at("/fallback/attempts")).as("%s", result).isEmpty();
                });
                read.release(concurrency);
                await().pollInterval(Duration.ofMillis(5)).until(() -> closed.get() == calls);
                assertThat(routes.costs()).hasSize(calls);
            }
        }
    }

    /** It may have been closed while nobody looked: the request goes out once more on a connection of its own, and counts as one call. */
    @Test
    void aConnectionThatEndsWithoutAByteIsReplacedOnce() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"))) {
            routes.ask(ASK);
            server.script(closeUnanswered(false));
            JsonNode result = routes.ask(ASK);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(server.calls()).as("the second on a fresh connection").hasSize(2);
            assertThat(result.at("/fallback/attempts")).isEmpty();
            assertThat(result.has("calls_of_unknown_cost")).isFalse();
            assertThat(routes.costsOf(result)).hasSize(1);
        }
    }

    /** The client would keep the connection of each, and have none left in the end. */
    @Test
    void answersThatCannotBeDecodedTakeNoConnectionAway() {
        Reply broken = Reply.json(200, "this is no gzip", "Content-Encoding", "gzip");
        server.script(Stream.generate(() -> broken).limit(12).toArray(Reply[]::new));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1", "breaker.enabled", "off"))) {
            List<String> ids = Stream.generate(() -> routes.send(ASK)).limit(8).toList();
            ids.forEach(routes::outcome);
            assertThat(server.calls()).hasSizeGreaterThan(12);
            assertThat(routes.ask(ASK).path("status").asText()).isEqualTo("success");
        }
    }

    /** Fresh connections, resets after the request was read, and servers that took their time: these may have begun, and nobody knows the cost. */
    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "false,true"})
    void aCallThatWasReadButNotAnsweredIsCounted(boolean reset, boolean slow) {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"))) {
            routes.ask(ASK);
            Reply ends = closeUnanswered(reset);
            server.script(reset ? new Reply[] {Reply.after(Duration.ofMillis(80), ends)} : slow ? new Reply[] {Reply.after(Duration.ofMillis(1_300), ends)}
                    : new Reply[] {ends, ends});
            JsonNode result = routes.ask(ASK);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(server.modelsCalled()).containsOnly("openai/gpt-4.1-mini").hasSize(slow || reset ? 2 : 3);
            assertThat(result.at("/fallback/level").asInt()).isZero();
            assertThat(result.at("/fallback/attempts")).hasSize(1);
            assertThat(result.at("/fallback/attempts/0/error").asText()).startsWith("connection");
            assertThat(result.path("calls_of_unknown_cost").asInt()).isEqualTo(1);
            assertThat(routes.costsOf(result)).extracting(event -> event.at("/data/status").asText()).containsExactlyInAnyOrder("unknown", "success");
        }
    }
}
