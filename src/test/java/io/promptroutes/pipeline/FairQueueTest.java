package io.promptroutes.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.HandClock;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.prompt.PromptParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** Pipelines take turns at the queues of the engine. */
class FairQueueTest {

    private static final AdmissionGate GATE = new AdmissionGate(Duration.ofSeconds(5), Duration.ofMinutes(10), false, new HandClock());
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final FairQueue queue = new FairQueue(1_000);

    private Exchange of(String pipeline, int number) {
        Exchange exchange = new DefaultExchange(camel);
        if (pipeline != null) {
            exchange.setVariable(Variables.PIPELINE, new Pipeline(new LedgerPolicy("openrouter", pipeline, pipeline, false, false, false, true),
                    new PromptParser(PlainSettings.get()), 1_000, new PromptWindow(GATE, 10)));
        }
        exchange.getMessage().setBody(pipeline + number);
        return exchange;
    }

    private List<Object> bodies() {
        List<Exchange> all = new ArrayList<>();
        queue.drainTo(all);
        return all.stream().map(exchange -> exchange.getMessage().getBody()).toList();
    }

    @Test
    void whoComesLateIsNotBehindTheBacklogOfAnother() {
        IntStream.range(0, 500).forEach(number -> queue.add(of("long", number)));
        assertThat(queue.poll().getMessage().getBody()).isEqualTo("long0");
        queue.add(of("late", 0));
        queue.add(of("late", 1));
        queue.add(of(null, 0));
        assertThat(bodies()).startsWith("long1", "late0", "null0", "long2", "late1", "long3", "long4").hasSize(502);
        assertThat(queue).isEmpty();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void withinAPipelineTheOrderIsThatOfArrival() {
        IntStream.range(0, 100).forEach(number -> queue.add(of("only", number)));
        assertThat(bodies()).isEqualTo(IntStream.range(0, 100).mapToObj(number -> "only" + number).toList());
    }

    @Test
    void aFullQueueTakesNothingUntilThereIsRoom() throws Exception {
        FairQueue small = new FairQueue(2);
        assertThat(small.offer(of("a", 0)) && small.offer(of("b", 0))).isTrue();
        assertThat(small.offer(of("a", 1))).isFalse();
        assertThat(small.offer(of("a", 1), 1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(small.remainingCapacity()).isZero();
        CompletableFuture<Void> put = CompletableFuture.runAsync(() -> {
            try {
                small.put(of("a", 1));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(put).isNotDone();
        small.poll();
        await().untilAsserted(() -> assertThat(put).isCompleted());
    }

    @Test
    void whoWaitsIsWokenByWhatComes() throws Exception {
        CompletableFuture<Object> taken = CompletableFuture.supplyAsync(() -> {
            try {
                return queue.poll(20, TimeUnit.SECONDS).getMessage().getBody();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        queue.add(of("a", 7));
        await().untilAsserted(() -> assertThat(taken).isCompletedWithValue("a7"));
        assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void whoWaitsForNothingGoesWhenTheQueuesHurryAndWhatIsThereIsTakenAllTheSame() throws InterruptedException {
        FairQueues queues = new FairQueues();
        BlockingQueue<Exchange> hurried = queues.create(10);
        FutureTask<Exchange> taken = new FutureTask<>(() -> hurried.poll(1, TimeUnit.HOURS));
        Thread waiting = new Thread(taken);
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        queues.hurry();
        waiting.join(TimeUnit.MINUTES.toMillis(1));
        assertThat(taken).isDone();

        assertThat(hurried.poll(1, TimeUnit.HOURS)).as("who comes now").isNull();
        hurried.add(of("a", 7));
        assertThat(hurried.poll().getMessage().getBody()).isEqualTo("a7");
    }
}
