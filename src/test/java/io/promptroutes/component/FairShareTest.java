package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two pipelines that share 64 permits: one with a backlog of 5,000 prompts, and one that gets a prompt now and then. */
@Timeout(90)
class FairShareTest {

    private static final int PERMITS = 64;
    private static final int BACKLOG = 5_000;
    /** Of the other one. */
    private static final int PROMPTS = 20;

    private final ScriptedServer server = new ScriptedServer();
    private StepsUnderTest steps;
    private AsyncProducer backlog;
    private AsyncProducer rare;

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
        List<CompletableFuture<Exchange>> many = IntStream.range(0, BACKLOG).mapToObj(number -> ask(backlog, "many " + number)).toList();

        List<Integer> begun = askOneAfterAnother();

        int stillWaiting = steps.pipeline("backlog").window().unfinished();
        List<String> calls = server.calls().stream().map(call -> call.body().at("/messages/0/content").asText()).toList();
        List<Integer> ahead = IntStream.range(0, PROMPTS).mapToObj(number -> calls.indexOf("rare " + number) - begun.get(number)).sorted().toList();
        assertThat(ahead.get((int) Math.ceil(0.95 * PROMPTS) - 1)).as("calls that began ahead of 95 %% of the prompts, of %s", ahead).isLessThan(PERMITS);
        assertThat(stillWaiting).as("the backlog lasted").isGreaterThan(2 * PERMITS);
        server.script(); // answers at once
        assertThat(many).allSatisfy(one -> assertThat(one.join().getException()).isNull());
        assertThat(steps.pipeline("rare").statistics().answered()).isEqualTo(PROMPTS);
    }
}
