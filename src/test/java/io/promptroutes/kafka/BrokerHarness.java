package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A broker for the tests of one class, and for each test topics and a consumer group of its own. */
abstract class BrokerHarness {

    private static final AtomicInteger NAMES = new AtomicInteger();
    static final WindowLimits LIMITS = new WindowLimits(200, 150, 100_000, Duration.ofSeconds(5), false);

    @TempDir
    static Path folder;
    private static KafkaBroker broker;
    static Topic topic;

    final String in = "in-" + NAMES.incrementAndGet();
    final String out = "out-" + NAMES.get();
    final String group = "group-" + NAMES.get();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start(folder);
        topic = new Topic(broker.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        topic.close();
        broker.close();
    }

    void given(int partitions, int records, IntFunction<String> key) throws Exception {
        topic.create(in, partitions);
        topic.create(out, 1);
        topic.fill(in, records, key);
    }

    static String brokers() {
        return broker.bootstrapServers();
    }

    EnrichingRoute route(WindowLimits limits, String client, EnrichingRoute.Work work) throws Exception {
        return new EnrichingRoute(new EnrichingRoute.Topics(broker.bootstrapServers(), group, in, out, client), limits, work);
    }

    /** Committed first, finished after: what is finished only grows, so there is no race in this. */
    void assertOnlyFinishedOnesAreCommitted(EnrichingRoute... routes) throws Exception {
        topic.committed(group).forEach((partition, end) -> assertThat(LongStream.range(0, end).mapToObj(offset -> partition + "-" + offset))
                .allMatch(at -> Arrays.stream(routes).anyMatch(route -> route.finished.containsKey(at))));
    }

    static CompletableFuture<Void> after(int millis) {
        return CompletableFuture.runAsync(() -> { }, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }

    static int random(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }

    static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).ignoreExceptions();
    }
}
