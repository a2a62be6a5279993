package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.PromptFailed;
import io.promptroutes.app.Engines;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prompts of a pipeline that are taken and not yet answered have places; of more, the caller waits or is told. */
@Timeout(60)
class PromptPlacesTest {

    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    @AutoClose
    private static final Engines ENGINES = StepsUnderTest.engines(SERVER, null, Map.of());
    @AutoClose
    private StepsUnderTest steps;
    private final CountDownLatch answers = new CountDownLatch(1);
    /** Comes when it is let go. */
    private final Reply held = (socket, out) -> {
        answers.await();
        Reply.answer().write(socket, out);
    };

    private void start(Map<String, String> keys, RouteBuilder routes) throws Exception {
        SERVER.script();
        steps = (keys.isEmpty() ? StepsUnderTest.beside(ENGINES) : StepsUnderTest.of(SERVER, null, keys)).start(routes);
    }

    private static String code(Exchange failed) {
        assertThat(failed.getException()).isInstanceOf(PromptFailed.class);
        assertThat(((PromptFailed) failed.getException()).isRetryable()).isTrue();
        return ((PromptFailed) failed.getException()).getCode();
    }

    private Future<Exchange> takePlace(String route) {
        Future<Exchange> first = steps.template(route).withBody("First").asyncSend();
        await().until(() -> steps.pipeline("one").window().unfinished() == 1);
        return first;
    }

    @Test
    void callerIsToldAtOnceOrAfterItsLongestWaitThatAllPlacesAreTaken() throws Exception {
        start(Map.of(), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:reject").to("prompt:one?window=1&whenFull=reject");
            }
        });
        SERVER.script(held);
        Future<Exchange> first = takePlace("reject");

        Exchange second = steps.send("reject", "Second");
        assertThat(code(second)).isEqualTo("busy");
        assertThat(second.getException()).hasMessageContaining("all 1 places").hasMessageContaining("pipeline one");
        answers.countDown();
        assertThat(first.get().getException()).isNull();
        assertThat(steps.send("reject", "Third").getException()).as("the place is free again").isNull();
        assertThat(steps.pipeline("one").statistics().taken()).isEqualTo(2);
    }

    @Test
    void callerWaitsAsLongAsItWantsTo() throws Exception {
        start(Map.of(), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:wait").to("prompt:one?window=1&longestWait=300");
            }
        });
        SERVER.script(held);
        Future<Exchange> first = takePlace("wait");

        long began = System.nanoTime();
        assertThat(code(steps.send("wait", "Second"))).isEqualTo("busy");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(290), Duration.ofSeconds(20));
        answers.countDown();
        assertThat(first.get().getException()).isNull();
    }

    @Test
    void callerWaitsWithoutEndWhereNothingIsSaid() throws Exception {
        start(Map.of(), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:block").to("prompt:one?window=1");
            }
        });
        SERVER.script(held);
        Future<Exchange> first = takePlace("block");

        Future<Exchange> second = steps.template("block").withBody("Second").asyncSend();
        await().during(Duration.ofMillis(300)).until(() -> !second.isDone() && SERVER.calls().size() == 1);
        answers.countDown();
        assertThat(first.get().getException()).isNull();
        assertThat(second.get().getException()).isNull();
        assertThat(SERVER.calls()).hasSize(2);
    }

    @Test
    void pauseIsNoPlaceEitherAndIsNamed() throws Exception {
        start(Map.of("pause.first-look", "60s"), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:reject").to("prompt:one?whenFull=reject");
            }
        });
        assertThat(steps.send("reject", "First").getException()).isNull();
        steps.engines().main().intake().pause("the provider cannot be reached");

        Exchange paused = steps.send("reject", "Second");
        assertThat(code(paused)).isEqualTo("busy");
        assertThat(paused.getException()).hasMessageContaining("paused: the provider cannot be reached");
    }

    /** A place is given back before the reply runs, which may wait for a place of the next pipeline. */
    @Test
    void pipelinesBehindOneAnotherNeedNoMorePlacesThanTheyHave() throws Exception {
        start(Map.of(), new RouteBuilder() {
            @Override
            public void configure() {
                from("seda:in?concurrentConsumers=8").to("prompt:one?window=2&result=text").to("prompt:two?window=1&result=text").to("mock:out");
            }
        });
        MockEndpoint out = steps.mock("out");
        out.expectedMessageCount(60);
        IntStream.range(0, 60).forEach(n -> steps.camel().createFluentProducerTemplate().to("seda:in").withBody("Question " + n).send());

        out.assertIsSatisfied(50_000);
        List.of("one", "two").forEach(name -> {
            assertThat(steps.pipeline(name).window().unfinished()).isZero();
            assertThat(steps.pipeline(name).statistics().answered()).isEqualTo(60);
        });
    }

    @Test
    void splitThatReadsFasterThanModelsAnswerWaits() throws Exception {
        start(Map.of(), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:file").split(body().tokenize("\n")).streaming().parallelProcessing().to("prompt:one?window=3&result=text").to("mock:out").end();
            }
        });
        SERVER.scriptThen(Reply.after(Duration.ofMillis(5), Reply.answer()));
        MockEndpoint out = steps.mock("out");
        out.expectedMessageCount(60);
        Future<Exchange> file = steps.template("file").withBody(String.join("\n", IntStream.range(0, 60).mapToObj(n -> "Line " + n).toList())).asyncSend();

        int most = 0;
        while (!file.isDone()) {
            most = Math.max(most, steps.pipeline("one").window().unfinished());
        }
        out.assertIsSatisfied();
        assertThat(most).isBetween(1, 3);
    }
}
