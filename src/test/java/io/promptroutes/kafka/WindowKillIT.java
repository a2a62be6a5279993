package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The enriching process and the broker in processes of their own, each killed while 2,000 records are on their way. */
@Tag("chaos")
class WindowKillIT {

    private static final int RECORDS = 2_000;

    @TempDir
    Path folder;

    /** Argument: the broker. Enriches until it is killed. */
    public static final class Enricher {

        private Enricher() {
        }

        public static void main(String[] args) throws Exception {
            new EnrichingRoute(new EnrichingRoute.Topics(args[0], "group", "in", "out", "&sessionTimeoutMs=2000&heartbeatIntervalMs=500"),
                    new WindowLimits(200, 150, 10_000, Duration.ofSeconds(2), false), (key, value) -> CompletableFuture.runAsync(() -> { },
                            CompletableFuture.delayedExecutor(100 + ThreadLocalRandom.current().nextInt(300), TimeUnit.MILLISECONDS)));
            Thread.currentThread().join();
        }
    }

    @Test
    void nothing_is_lost_when_the_process_and_the_broker_are_killed() throws Exception {
        int port = KafkaBroker.freePort();
        int controller = KafkaBroker.freePort();
        String brokers = "localhost:" + port;
        Process broker = KafkaBroker.startProcess(folder, port, controller);
        Process enricher = null;
        try (Topic topic = new Topic(brokers)) {
            topic.create("in", 4);
            topic.create("out", 1);
            topic.fill("in", RECORDS, n -> null);

            enricher = JavaProcess.start(folder.resolve("first.log"), Enricher.class, brokers);
            soon().until(() -> topic.read("out").size() > 400);
            enricher.destroyForcibly().waitFor();
            assertCommittedOnesArePublished(topic);
            int published = topic.read("out").size();
            long committed = topic.committedInAll("group");
            assertThat(published).as("killed on the way").isLessThan(RECORDS);
            assertThat(committed).as("committed on the way").isPositive();

            enricher = JavaProcess.start(folder.resolve("second.log"), Enricher.class, brokers);
            soon().until(() -> topic.committedInAll("group") > committed);
            broker.destroyForcibly().waitFor();
            broker = KafkaBroker.startProcess(folder, port, controller);
            soon().until(() -> topic.committedInAll("group") == RECORDS);

            assertThat(published(topic)).hasSize(RECORDS);
            assertThat(topic.read("out").size() - RECORDS).as("repeats").isLessThanOrEqualTo(2 * 200 + 2 * 250);
        } finally {
            if (enricher != null) {
                enricher.destroyForcibly().waitFor();
            }
            broker.destroyForcibly().waitFor();
        }
    }

    private static void assertCommittedOnesArePublished(Topic topic) throws Exception {
        Set<String> published = published(topic);
        topic.committed("group").forEach((partition, end) ->
                assertThat(LongStream.range(0, end).mapToObj(offset -> partition + "-" + offset)).allMatch(published::contains));
    }

    private static Set<String> published(Topic topic) {
        return topic.read("out").stream().map(ConsumerRecord::value).collect(Collectors.toSet());
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(100)).ignoreExceptions();
    }
}
