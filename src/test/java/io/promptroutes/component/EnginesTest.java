package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.app.Engines;
import io.promptroutes.cli.ScriptedServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Engines that stop. */
@Timeout(60)
class EnginesTest {

    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    /** The stop waits for a route that is at work, and what that route looks at must not wait for the stop. */
    @Test
    void whoLooksDoesNotWaitForTheStop() throws Exception {
        Engines engines = StepsUnderTest.engines(server, null, Map.of());
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        engines.main().camel().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:look?repeatCount=1&delay=0").process(exchange -> {
                    working.countDown();
                    looked.await();
                });
            }
        });
        working.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(engines::close);
        await().until(() -> engines.main().camel().getStatus().isStopping());
        assertThat(CompletableFuture.supplyAsync(engines::pipelines)).succeedsWithin(Duration.ofSeconds(2));
        assertThat(CompletableFuture.supplyAsync(() -> String.valueOf(engines.paused()))).succeedsWithin(Duration.ofSeconds(2));
        assertThat(stop).isNotDone();
        looked.countDown();
        stop.join();
    }
}
