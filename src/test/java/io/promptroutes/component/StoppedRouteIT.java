package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.cli.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** Sources that are stopped, suspended, or lose partitions, with records under way. */
class StoppedRouteIT extends RecordsHarness {

    private RouteBuilder letters(String options) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(source(options)).routeId("letters").to("prompt:letters?result=text&window=400").to("kafka:" + out);
            }
        };
    }

    private Set<String> answered() {
        return read(out).stream().map(record -> text(record.key())).collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> called() {
        return server.calls().stream().map(call -> call.body().at("/messages/0/content").asText()).toList();
    }

    @Test
    void stopEndsWhatIsUnderWayAndBeginsNothingThatIsQueued() throws Exception {
        server.scriptThen(Reply.after(Duration.ofSeconds(2), Reply.answer()));
        questions(0, 2_000);
        start(letters(""), "prompts.concurrency", "100", "kafka.drain", "25s");
        soon().until(() -> server.calls().size() >= 100 && steps.pipeline("letters").window().unfinished() > 250);

        long began = System.nanoTime();
        steps.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("not the drain").isLessThan(Duration.ofSeconds(20));
        int calls = server.calls().size();
        assertThat(calls).as("those that had a permit, of all that had a place").isLessThan(300);
        assertThat(read(out)).as("what was called is published").hasSize(calls);
        assertThat(committed()).isLessThanOrEqualTo(calls);

        server.scriptThen(Reply.answer());
        start(letters(""), "prompts.concurrency", "100");
        soon().until(() -> committed() == 2_000);
        assertThat(answered()).hasSize(2_000);
        assertThat(server.calls()).as("no call was made again").hasSize(2_000 - calls);
    }

    /** The process says so to its engine before its routes stop. */
    @Test
    void recordThatIsGivenUpIsNotTakenForAnswered() throws Exception {
        server.scriptThen(Reply.after(Duration.ofMillis(500), Reply.answer()));
        questions(0, 200);
        start(letters(""), "prompts.concurrency", "4");
        soon().until(() -> steps.pipeline("letters").window().unfinished() > 100 && server.calls().size() >= 4);
        steps.engines().leave();
        soon().until(() -> steps.pipeline("letters").statistics().left() > 50);
        Deliveries records = steps.source("letters").deliveries();
        steps.close();

        int calls = server.calls().size();
        assertThat(read(out)).hasSize(calls);
        assertThat(committed()).isLessThanOrEqualTo(calls);
        assertThat(records.acknowledged()).isEqualTo(calls);
        server.scriptThen(Reply.answer());
        start(letters(""));
        soon().until(() -> committed() == 200);
        assertThat(answered()).hasSize(200);
        assertThat(server.calls()).hasSize(200 - calls);
    }

    /** Its worker waits for a place when the process ends; a clause makes its exchange end well. */
    @Test
    void recordThatNobodyAskedAboutIsNotAcknowledgedByAClause() throws Exception {
        questions(0, 40);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(io.promptroutes.PromptFailed.class).handled(true);
                from(source("")).routeId("letters").to("prompt:letters?result=text&window=4").to("kafka:" + out);
            }
        }, "pause.first-look", "60s");
        soon().until(() -> committed() == 40);
        steps.engines().main().intake().pause("the provider cannot be reached");
        int calls = server.calls().size();
        questions(40, 60);
        steps.engines().leave();
        steps.close();

        assertThat(committed()).isLessThanOrEqualTo(40 + server.calls().size() - calls);
        start(letters(""));
        soon().until(() -> committed() == 60);
        assertThat(answered()).hasSize(60);
    }

    @Test
    void suspendedSourceGoesOnWhereItWasAndRepeatsNothing() throws Exception {
        server.scriptThen(Reply.after(Duration.ofMillis(20), Reply.answer()));
        questions(0, 600);
        start(letters(""));
        soon().until(() -> server.calls().size() > 60);
        steps.camel().getRouteController().suspendRoute("letters");
        soon().until(() -> steps.pipeline("letters").statistics().inFlight() == 0);
        int calls = server.calls().size();
        assertThat(calls).isLessThan(600);
        long committed = committed();
        soon().during(Duration.ofSeconds(1)).until(() -> server.calls().size() == calls);
        assertThat(committed()).isBetween(committed, (long) calls);

        steps.camel().getRouteController().resumeRoute("letters");
        soon().until(() -> committed() == 600);
        assertThat(read(out)).hasSize(600);
        assertThat(called()).hasSize(600).doesNotHaveDuplicates();
    }

    @Test
    void routeThatIsStoppedAloneAndStartedAgainGoesOnWhereItWas() throws Exception {
        server.scriptThen(Reply.after(Duration.ofMillis(20), Reply.answer()));
        questions(0, 600);
        start(letters(""));
        soon().until(() -> server.calls().size() > 60);
        steps.camel().getRouteController().stopRoute("letters");
        assertThat(steps.camel().getComponent("prompt", PromptComponent.class).sources()).isEmpty();
        int calls = server.calls().size();
        assertThat(read(out)).hasSize(calls);
        assertThat(steps.pipeline("letters").window().unfinished()).isZero();

        steps.camel().getRouteController().startRoute("letters");
        soon().until(() -> committed() == 600);
        assertThat(answered()).hasSize(600);
        assertThat(called()).doesNotHaveDuplicates();
        assertThat(steps.source("letters").problem()).isNull();
    }

    @Test
    void recordThatFailedBeforeAStopIsNoneAfterIt() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        send("a", "Question 1");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("")).routeId("letters").to("prompt:letters?result=text").process(exchange -> {
                    if (tries.getAndIncrement() == 0) {
                        throw new IllegalStateException("once");
                    }
                }).to("kafka:" + out);
            }
        });
        soon().until(() -> steps.source("letters").problem() != null);
        steps.camel().getRouteController().stopRoute("letters");

        steps.camel().getRouteController().startRoute("letters");
        soon().until(() -> committed() == 1);
        assertThat(steps.source("letters").problem()).isNull();
        assertThat(steps.source("letters").deliveries().acknowledged()).isOne();
        assertThat(server.calls()).hasSize(1);
    }

    /** Routes run on threads of their own: the client polls on. */
    @Test
    void stepThatTakesLongerThanAPollMayKeepsItsPartitions() throws Exception {
        List<String> done = new ArrayList<>();
        send("a", "Question 1");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("maxPollIntervalMs=4000&drain=1s")).routeId("letters").to("prompt:letters?result=text").process(exchange -> {
                    new CountDownLatch(1).await(9, TimeUnit.SECONDS);
                    done.add(exchange.getMessage().getBody(String.class));
                }).to("kafka:" + out);
            }
        });

        soon().until(() -> committed() == 1);
        assertThat(done).hasSize(1);
        assertThat(read(out)).hasSize(1);
        assertThat(steps.source("letters").window().consuming()).isNull();
    }

    @Test
    void partitionThatIsTakenAwayIsCalledByItsNextOwnerAlone() throws Exception {
        server.scriptThen(Reply.after(Duration.ofMillis(300), Reply.answer()));
        questions(0, 400);
        start(letters(""), "prompts.concurrency", "4", "kafka.drain", "2s");
        soon().until(() -> server.calls().size() > 10);
        try (StepsUnderTest other = with("prompts.concurrency", "4", "kafka.drain", "2s").start(letters(""))) {
            soon().until(() -> !other.source("letters").window().state().partitions().isEmpty());
            server.when(call -> true, Reply.answer());
            Set<String> again = ConcurrentHashMap.newKeySet();
            soon().until(() -> committed() == 400);

            List<String> calls = called();
            calls.forEach(call -> {
                if (calls.indexOf(call) != calls.lastIndexOf(call)) {
                    again.add(call);
                }
            });
            assertThat(again).as("the drain was long enough for those under way").isEmpty();
            assertThat(answered()).hasSize(400);
            assertThat(steps.pipeline("letters").statistics().left()).as("records of the partition that went, which waited for a permit").isPositive();
            assertThat(other.pipeline("letters").statistics().answered()).isPositive();
        }
    }
}
