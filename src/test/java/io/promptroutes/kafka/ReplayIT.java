package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters that are put back on the topic of prompts. */
class ReplayIT extends BrokerHarness {

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void someDeadLetters() throws Exception {
        topic.create(in, 2);
        topic.create(out, 2);
        send(0, "k", "limited", "error-code", "rate_limited", "traceparent", "00-ab", "x-own", "yes", "prompt-id", "p", "replay-of", "before");
        send(0, null, "slow", "error-code", "timeout", "error-message", "late", "source-topic", "prompts");
        send(1, null, null, "error-code", "missing_prompt");
        send(1, "k", "no record", "error-code", "result_too_large", "record-left-out", "true");
        send(1, "k", "not ours");
    }

    @Test
    void recordsComeBackAsTheyWereAndOnce() throws Exception {
        Replay all = replay(Map.of(), Set.of());
        all.run(false);

        assertThat(topic.read(out)).extracting(ReplayIT::shown).containsExactlyInAnyOrder(
                "k=limited {replay-of=" + in + "-0-0, traceparent=00-ab, x-own=yes}", "null=slow {replay-of=" + in + "-0-1}",
                "null=null {replay-of=" + in + "-1-0}");
        assertThat(all.replayed()).isEqualTo(3);
        assertThat(all.skipped()).isEqualTo(Map.of("result_too_large without its record", 1L, "no dead letter of ours", 1L));

        Replay again = replay(Map.of(), Set.of());
        again.run(false);
        assertThat(again.replayed()).isZero();
        assertThat(topic.read(out)).hasSize(3);
        assertThat(said).isEmpty();
    }

    @Test
    void otherCodesAreLeftOutUntilAllIsAskedFor() throws Exception {
        Replay some = replay(Map.of(), Set.of("timeout", "rate_limited"));
        some.run(false);
        assertThat(topic.read(out)).extracting(ConsumerRecord::value).containsExactlyInAnyOrder("limited", "slow");
        assertThat(some.skipped()).containsEntry("missing_prompt", 1L);

        Replay rest = replay(Map.of(), Set.of("missing_prompt"));
        rest.run(false);
        assertThat(rest.replayed()).isZero();
        rest.run(true);
        assertThat(rest.replayed()).isEqualTo(1);
    }

    @Test
    void eachGoesBackToItsOwnTopicAndHopelessOnesOnlyWhenToldTo() throws Exception {
        topic.create(out + "-b", 1);
        send(0, "k", "of b", "error-code", "own", "error-attempts", "1", "error-code", "timeout", "error-retryable", "true", "source-topic", out + "-b");
        send(0, "k", "hopeless", "error-attempts", "0", "error-code", "invalid_json", "error-retryable", "false", "source-topic", "elsewhere");
        Map<String, String> client = Map.of("bootstrap.servers", brokers());
        Replay some = new Replay(client, group, in, new LinkedHashSet<>(List.of(out, out + "-b")), Set.of(), false, said::add);
        some.run(false);
        assertThat(some.skipped()).containsEntry("invalid_json, which another try would not mend (--hopeless takes them too)", 1L);
        assertThat(topic.read(out + "-b")).extracting(ReplayIT::shown).containsExactly("k=of b {error-code=own, replay-of=" + in + "-0-2}");
        assertThat(topic.read(out)).extracting(ConsumerRecord::value).doesNotContain("hopeless");

        new Replay(client, group, in, Set.of(out), Set.of(), true, said::add).run(true);
        assertThat(topic.read(out)).extracting(ConsumerRecord::value).contains("hopeless");
    }

    @Test
    void aReplayThatEndsWhileItSendsIsToldOfByTheNext() throws Exception {
        topic.set(out, "cleanup.policy", "compact"); // takes no record without a key
        assertThatThrownBy(() -> replay(Map.of(), Set.of("rate_limited", "timeout")).run(false)).isInstanceOf(ExecutionException.class);
        assertThat(topic.read(out)).as("sent before").extracting(ConsumerRecord::value).contains("limited");

        topic.set(out, "cleanup.policy", "delete");
        Replay next = replay(Map.of(), Set.of());
        next.run(false);
        assertThat(next.replayed()).isEqualTo(3);
        assertThat(said).anySatisfy(what -> assertThat(what).contains(in + "-0 from offset 0 to 1", "put back twice"));

        said.clear();
        replay(Map.of(), Set.of()).run(false);
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"the client", "the broker"})
    void aRecordThatIsTooLargeIsLeftOutAndToldOfAndTheOthersAreSentOnce(String limit) throws Exception {
        topic.set(out, "max.message.bytes", limit.equals("the broker") ? "1000" : "1000000");
        send(0, "k", "large".repeat(1_000), "error-code", "timeout");
        send(0, "k", "after it", "error-code", "timeout");
        Replay all = replay(limit.equals("the client") ? Map.of("max.request.size", "1000") : Map.of(), Set.of());
        all.run(false);

        assertThat(all.replayed()).isEqualTo(4);
        assertThat(all.skipped()).containsEntry(Replay.TOO_LARGE, 1L);
        assertThat(said).singleElement().asString().contains(in + "-0 at offset 2", "5001 bytes", out, "max.message.bytes");
        replay(Map.of(), Set.of()).run(false);
        assertThat(topic.read(out)).extracting(ConsumerRecord::value).containsExactlyInAnyOrder("limited", "slow", null, "after it");
    }

    @Test
    void oneReplayRunsAtATime() throws Exception {
        try (KafkaConsumer<String, String> other = member()) {
            soon().until(() -> other.poll(Duration.ofMillis(100)) != null && other.assignment().size() == 2);
            assertThatThrownBy(() -> replay(Map.of(), Set.of()).run(false)).isInstanceOf(NotAlone.class).hasMessageContaining(group);
            assertThat(other.assignment()).as("not disturbed").hasSize(2);
            other.commitSync(Map.of(new TopicPartition(in, 0), new OffsetAndMetadata(0, "1")));
        }
        assertThat(topic.read(out)).isEmpty();

        // another one comes after the question whether there is one
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> came = new ArrayList<>();
        Replay late = new Replay(Map.of("bootstrap.servers", brokers()), group, in, Set.of(out), Set.of(), false, what -> {
            CountDownLatch joined = new CountDownLatch(1);
            came.add(CompletableFuture.runAsync(() -> {
                try (KafkaConsumer<String, String> other = member()) {
                    while (!over.get()) {
                        other.poll(Duration.ofMillis(100));
                        if (!other.assignment().isEmpty()) {
                            joined.countDown();
                        }
                    }
                }
            }));
            assertThatCode(joined::await).doesNotThrowAnyException();
        });
        assertThatThrownBy(() -> late.run(false)).isInstanceOf(NotAlone.class);
        over.set(true);
        came.get(0).join();
        assertThat(topic.read(out)).isEmpty();
        replay(Map.of(), Set.of()).run(false);
        assertThat(topic.read(out)).hasSize(3);
    }

    private KafkaConsumer<String, String> member() {
        KafkaConsumer<String, String> member = new KafkaConsumer<>(Map.of("bootstrap.servers", brokers(), "group.id", group, "enable.auto.commit", "false"),
                new StringDeserializer(), new StringDeserializer());
        member.subscribe(List.of(in));
        return member;
    }

    @Test
    void aTopicThatIsNotThereIsToldAndNotMade() {
        assertThatThrownBy(() -> new Replay(Map.of("bootstrap.servers", brokers()), group, "nowhere", Set.of(out), Set.of(), false, said::add).run(false))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nowhere");
    }

    private Replay replay(Map<String, String> more, Set<String> codes) {
        Map<String, String> client = new TreeMap<>(more);
        client.put("bootstrap.servers", brokers());
        return new Replay(client, group, in, Set.of(out), codes, false, said::add);
    }

    private void send(int partition, String key, String value, String... headers) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", brokers()), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> record = new ProducerRecord<>(in, partition, key, value);
            for (int i = 0; i < headers.length; i += 2) {
                record.headers().add(new RecordHeader(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8)));
            }
            producer.send(record);
        }
    }

    private static String shown(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return record.key() + "=" + record.value() + " " + headers;
    }
}
