package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two pipelines that share 64 permits: one with a backlog of 1,000 prompts that does not end, and one that gets a prompt now and then. */
@Timeout(90)
class FairShareTest {

    private static final int PERMITS = 64;
    private static final int BACKLOG = 1_000;
    /** Of the other one. */
    private static final int PROMPTS = 20;

    private final ScriptedServer server = new ScriptedServer();
    private StepsUnderTest steps;
    private AsyncProducer backlog;
    private AsyncProducer rare;
    /** Whether each answer of the backlog is followed by another prompt of it: so it lasts however long the other one takes. */
    private volatile boolean on = true;
    private final AtomicInteger asked = new AtomicInteger();
    private final Set<Exception> failures = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void start() throws Exception {
        server.scriptThen(Reply.after(Duration.ofMillis(200), Reply.answer()));
        steps = StepsUnderTest.of(server, null, Map.of("prompts.concurrency", String.valueOf(PERMITS)));
        steps.camel().start();
        backlog = producer("prompt:backlog?model=openai/gpt-4.1-mini&window=" + BACKLOG);
        rare = producer("prompt:rare?model=openai/gpt-4.1-mini");
    }

    private AsyncProducer producer(String address) throws Exception {
        AsyncProducer producer = steps.camel().getEndpoint(address).createAsyncProducer();
        producer.start();
        return producer;
    }

    @AfterEach
    void stop() throws Exception {
        steps.close();
        server.close();
    }

    private static CompletableFuture<Exchange> ask(AsyncProducer pipeline, String text) {
        CompletableFuture<Exchange> answered = new CompletableFuture<>();
        Exchange exchange = pipeline.getEndpoint().createExchange();
        exchange.getMessage().setBody(text);
        pipeline.process(exchange, done -> answered.complete(exchange));
        return answered;
    }

    private void keepAsking() {
        ask(backlog, "many " + asked.incrementAndGet()).thenAccept(answered -> {
            if (answered.getException() != null) {
                failures.add(answered.getException());
            } else if (on) {
                keepAsking();
            }
        });
    }

    /** How many calls had begun when each of them was taken: the next one when the last is answered. */
    private List<Integer> askOneAfterAnother() {
        List<Integer> begun = new ArrayList<>();
        for (int number = 0; number < PROMPTS; number++) {
            begun.add(server.calls().size());
            ask(rare, "rare " + number).join();
        }
        return begun;
    }

    /**
     * One that waits for a round of the permits takes twice as long as alone. Calls are counted, and no time is taken: on two cores with other tests on
     * them a single prompt may stand still for longer than a call takes, whatever its turn.
     */
    @Test
    void whoSeldomAsksIsCalledWithinARoundWhateverTheBacklogOfAnother() {
        IntStream.range(0, BACKLOG).forEach(number -> keepAsking());

        List<Integer> begun = askOneAfterAnother();

        int stillWaiting = steps.pipeline("backlog").window().unfinished();
        List<String> calls = server.calls().stream().map(call -> call.body().at("/messages/0/content").asText()).toList();
        List<Integer> ahead = IntStream.range(0, PROMPTS).mapToObj(number -> calls.indexOf("rare " + number) - begun.get(number)).sorted().toList();
        assertThat(ahead.get((int) Math.ceil(0.95 * PROMPTS) - 1)).as("calls that began ahead of 95 %% of the prompts, of %s", ahead).isLessThan(PERMITS);
        assertThat(stillWaiting).as("the backlog lasted").isGreaterThan(2 * PERMITS);
        on = false;
        server.script(); // answers at once
        await().atMost(Duration.ofSeconds(60)).until(() -> steps.pipeline("backlog").window().unfinished() == 0);
        assertThat(failures).isEmpty();
        assertThat(steps.pipeline("rare").statistics().answered()).isEqualTo(PROMPTS);
    }
}
