package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.PromptFailed;
import io.promptroutes.cli.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a record whose route fails. */
class FailingRouteIT extends RecordsHarness {

    /** In the letters of one record alone. */
    private static final String BAD = "Question 4";

    private volatile boolean broken = true;
    private final AtomicInteger tries = new AtomicInteger();

    /** A route with a step behind the prompt that throws for one record. */
    private RouteBuilder breaking(String options) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(source(options)).routeId("letters").setProperty("asked", body()).to("prompt:letters?result=text").process(exchange -> {
                    if (broken && BAD.equals(exchange.getProperty("asked"))) {
                        tries.incrementAndGet();
                        throw new IllegalStateException("no room\nfor it");
                    }
                }).to("kafka:" + out);
            }
        };
    }

    @Test
    void othersGoOnWhileTheCommittedOffsetStandsAndTheSourceSaysWhatFails() throws Exception {
        questions(0, 40);
        start(breaking(""));
        assertThat(awaitRecords(out, 39)).hasSize(39);
        Deliveries records = steps.source("letters").deliveries();
        soon().until(() -> committed() == 20 + 2);

        assertThat(committedOfFirst()).isEqualTo(2);
        assertThat(records.failing()).contains("route letters", "offset 2 of " + in + "-0", "java.lang.IllegalStateException: no room for it");
        assertThat(steps.source("letters").problem()).isEqualTo(records.failing());
        assertThat(List.of(records.taken(), records.acknowledged(), (long) records.failingNow())).containsExactly(40L, 39L, 1L);
        soon().until(() -> tries.get() >= 2);
        assertThat(committedOfFirst()).isEqualTo(2);

        broken = false;
        assertThat(awaitRecords(out, 40)).hasSize(40);
        soon().until(() -> committed() == 40);
        assertThat(records.failing()).isNull();
        assertThat(steps.source("letters").problem()).isNull();
        assertThat(records.acknowledged()).isEqualTo(40);
        assertThat(server.calls()).as("nothing was paid again").hasSize(40);
    }

    @Test
    void afterARestartWithAMendedRouteItGoesOnWithoutPayingAgain() throws Exception {
        questions(0, 40);
        start(breaking(""));
        assertThat(awaitRecords(out, 39)).hasSize(39);
        soon().until(() -> committed() == 22);
        steps.close();

        broken = false;
        start(breaking(""));
        soon().until(() -> committed() == 40);
        assertThat(read(out).stream().map(record -> text(record.key())).distinct()).hasSize(40);
        assertThat(server.calls()).hasSize(40);
        assertThat(steps.pipeline("letters").statistics().answered()).as("what lies behind the hole comes again").isEqualTo(18);
    }

    @Test
    void ofOneKeyOnlyTheNextOnesWait() throws Exception {
        send("a", BAD);
        send("a", "Question 5");
        send("b", "Question 6");
        start(breaking("order=key"));

        assertThat(awaitRecords(out, 1)).singleElement().satisfies(record -> assertThat(text(record.key())).isEqualTo("b"));
        soon().until(() -> tries.get() >= 2);
        assertThat(read(out)).hasSize(1);
        broken = false;
        assertThat(awaitRecords(out, 3)).extracting(record -> text(record.key())).containsExactly("b", "a", "a");
        soon().until(() -> committed() == 3);
    }

    @Test
    void afterItsRetriesItIsADeadLetterThatSaysWhatTheRouteDid() throws Exception {
        questions(0, 10);
        start(breaking("retries=1"));

        ConsumerRecord<byte[], byte[]> letter = awaitRecords(dlt, 1).get(0);
        assertThat(text(letter.value())).isEqualTo(BAD);
        assertThat(header(letter, "error-code")).isEqualTo("route_failed");
        assertThat(header(letter, "error-message")).contains("IllegalStateException").contains("no room");
        assertThat(header(letter, "error-retryable")).isEqualTo("true");
        soon().until(() -> committed() == 10);
        assertThat(tries).hasValue(2);
        assertThat(server.calls()).hasSize(10);
        assertThat(steps.source("letters").deliveries().failing()).isNull();
        assertThat(read(out)).hasSize(9);
    }

    @Test
    void aPipelineThatIsFullIsNoFaultOfTheRecordHoweverOftenItIsTried() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("retries=1")).routeId("letters").process(exchange -> {
                    tries.incrementAndGet();
                    soon().until(() -> !broken);
                }).to("prompt:letters?result=text&window=1&whenFull=reject").to("kafka:" + out);
            }
        });
        send("a", "Question 1");
        soon().until(() -> tries.get() == 1);
        assertThat(steps.pipeline("letters").window().take()).isTrue(); // as a route beside it would
        broken = false;
        soon().until(() -> tries.get() >= 4);
        assertThat(steps.source("letters").problem()).contains("all 1 places of pipeline letters are taken");

        steps.pipeline("letters").window().finish(0);
        assertThat(awaitRecords(out, 1)).hasSize(1);
        soon().until(() -> committed() == 1);
        assertThat(read(dlt)).isEmpty();
    }

    @Test
    void deadLetterWhoseTopicIsMissingIsKeptUntilItIsThereAndNothingWaitsForIt() throws Exception {
        send("a", "{");
        questions(1, 21);
        broken = false;
        start(breaking("deadLetters=" + dlt + "-late"));
        assertThat(awaitRecords(out, 20)).hasSize(20);
        soon().until(() -> steps.source("letters").refused() != null);
        assertThat(steps.source("letters").problem()).contains(dlt + "-late");
        assertThat(committedOfFirst()).isZero();

        create(dlt + "-late");
        soon().until(() -> committed() == 21);
        assertThat(read(dlt + "-late")).singleElement().satisfies(letter -> assertThat(text(letter.value())).isEqualTo("{"));
        soon().until(() -> steps.source("letters").problem() == null);
    }

    @Test
    void withoutALedgerRecordsAreAnsweredAndTriedAgainAllTheSame() throws Exception {
        questions(0, 20);
        steps = StepsUnderTest.of(server, null, Map.of("kafka.topic.dead-letters", dlt, "kafka.drain", "3s")).kafka(brokers()).start(breaking(""));
        assertThat(awaitRecords(out, 19)).hasSize(19);
        soon().until(() -> tries.get() >= 2);
        assertThat(committedOfFirst()).isLessThanOrEqualTo(2);

        broken = false;
        soon().until(() -> committed() == 20);
        assertThat(read(out)).hasSize(20);
        assertThat(server.calls()).as("each try of the one that failed is paid").hasSize(20 + tries.get());
    }

    @Test
    void withoutATopicOfDeadLettersARecordThatHasNoAnswerIsTriedAgain() throws Exception {
        send("a", "{");
        send("b", "Question 1");
        start(breaking("deadLetters=none&retries=0"));

        assertThat(awaitRecords(out, 1)).hasSize(1);
        Deliveries records = steps.source("letters").deliveries();
        soon().until(() -> records.failing() != null);
        assertThat(records.failing()).contains("PromptFailed", "not valid JSON");
        assertThat(committed()).isZero();
        assertThat(read(dlt)).isEmpty();
    }

    @Test
    void aClauseOfTheUsersForItWins() throws Exception {
        send("a", "{");
        send("b", "Question 1");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("")).routeId("letters").onException(PromptFailed.class).handled(true).setBody(simple("refused: ${exception.code}")).to("kafka:" + out).end()
                        .to("prompt:letters?result=text").to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(out, 2)).extracting(record -> text(record.key()) + " " + text(record.value())).containsExactlyInAnyOrder("a refused: invalid_json", "b Good.");
        soon().until(() -> committed() == 2);
        assertThat(read(dlt)).isEmpty();
        assertThat(steps.source("letters").deliveries().deadLetters()).isZero();
    }

    /** Camel's error handler waits on the thread that failed, unless it is told otherwise. */
    @Test
    void redeliveriesOfCamelsHoldNobodyUpWhereTheyAreAsynchronous() throws Exception {
        questions(0, 160);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).maximumRedeliveries(1).redeliveryDelay(2_000).asyncDelayedRedelivery();
                from(source("")).routeId("letters").to("prompt:letters?result=text").process(exchange -> {
                    if (exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER, 0, Integer.class) == 0) {
                        throw new IllegalStateException("once");
                    }
                }).to("kafka:" + out);
            }
        });
        soon().until(() -> steps.pipeline("letters").statistics().answered() == 160);
        long answered = System.nanoTime();

        awaitRecords(out, 160);
        assertThat(Duration.ofNanos(System.nanoTime() - answered)).as("160 waits of 2 s on 16 threads would be 20 s").isLessThan(Duration.ofSeconds(15));
        assertThat(server.calls()).hasSize(160);
        assertThat(steps.source("letters").deliveries().failing()).isNull();
    }

    /** Which Camel takes for nobody's business: it calls nobody back. */
    @ParameterizedTest(name = "behind the prompt: {0}")
    @ValueSource(booleans = {true, false})
    void errorInARouteLeavesNoRecordUnfinishedForEver(boolean behind) throws Exception {
        send("a", BAD);
        send("b", "Question 1");
        AsyncProcessorSupport step = new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                if (broken && BAD.equals(exchange.getProperty("asked"))) {
                    tries.incrementAndGet();
                    throw new NoClassDefFoundError("io/vavr/control/Try");
                }
                callback.done(true);
                return true;
            }
        };
        AsyncProcessorSupport nothing = new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                callback.done(true);
                return true;
            }
        };
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("")).routeId("letters").setProperty("asked", body()).process(behind ? nothing : step).to("prompt:letters?result=text").process(behind ? step : nothing)
                        .to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(out, 1)).extracting(record -> text(record.key())).containsExactly("b");
        soon().until(() -> tries.get() >= 2);
        assertThat(steps.source("letters").problem()).contains("offset 0 of " + in + "-0", "NoClassDefFoundError: io/vavr/control/Try");
        assertThat(committed()).isZero();

        broken = false;
        soon().until(() -> committed() == 2);
        assertThat(server.calls()).hasSize(2);
        assertThat(steps.camel().getInflightRepository().size()).isZero();
        assertThat(steps.source("letters").deliveries().acknowledged()).isEqualTo(2);
    }

    @Test
    void deadLettersAreCountedAndTheirCallsAreNotMadeAgain() throws Exception {
        server.when(call -> call.body().toString().contains("Question 4"), Reply.error(400, "No such parameter"));
        questions(0, 10);
        broken = false;
        start(breaking(""), "models.current.fallbacks", "", "fallback.free", "off");

        ConsumerRecord<byte[], byte[]> letter = awaitRecords(dlt, 1).get(0);
        assertThat(text(letter.key())).isEqualTo("k4");
        assertThat(header(letter, "error-attempts")).isEqualTo(String.valueOf(server.calls().stream().filter(call -> call.body().toString().contains("Question 4")).count()));
        soon().until(() -> committed() == 10);
        var counted = steps.pipeline("letters").statistics();
        assertThat(List.of(counted.taken(), counted.answered(), counted.deadLetters(), counted.left(), (long) counted.inFlight())).containsExactly(10L, 9L, 1L, 0L, 0L);
    }
}
