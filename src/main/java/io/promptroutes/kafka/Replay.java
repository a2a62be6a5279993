package io.promptroutes.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts the records of the topic of dead letters back on the topic of prompts as they were: key, value, and the headers that are not ours,
 * which are those that stand last.
 * Takes what was there at its start and not taken before. What it is about to send is noted with the committed offset and the note is taken
 * away when the brokers have all of it, so that after a crash it is known, and said, what may be there twice. It is a member of its group,
 * and goes on only while it is the only one, so that no two send the same. For one thread.
 */
public final class Replay {

    /** On a record that was put back: where its dead letter is. It is called again although the ledger has a dead letter of it. */
    static final String HEADER = "replay-of";
    /** On a dead letter whose value is not the record that came in. */
    static final String NO_RECORD = "record-left-out";
    /** Among {@link #skipped()}. */
    public static final String TOO_LARGE = "too large for the topic of prompts";
    /** All headers of ours. */
    public static final Set<String> OURS = Set.of(HEADER, NO_RECORD, "prompt-id", "source-topic", "source-partition", "source-offset", "error-code",
            "error-message", "error-retryable", "error-text", "error-attempts");

    private final Map<String, Object> client;
    private final String group;
    private final String from;
    private final Set<String> to;
    private final Set<String> codes;
    private final boolean hopeless;
    private final Consumer<String> said;
    private final Map<String, Long> skipped = new TreeMap<>();
    private long replayed;

    /**
     * @param client   properties of the clients, with the brokers
     * @param group    under which it is kept how far replays have come
     * @param to       topics of prompts: each record goes back to its own, or to the first where that is none of them
     * @param codes    of the errors whose records are wanted; empty for all that another try may mend
     * @param hopeless with no codes: also those that another try would not mend
     * @param said     takes what a person should know
     */
    public Replay(Map<String, String> client, String group, String from, Set<String> to, Set<String> codes, boolean hopeless, Consumer<String> said) {
        this.client = new HashMap<>(client);
        this.client.putAll(Map.of("group.id", group, "enable.auto.commit", "false", "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false", "group.protocol", "classic", "session.timeout.ms", NotAlone.GONE_MILLIS, "heartbeat.interval.ms", 3_000,
                "batch.size", 0)); // each record by itself, since what is wrong with one would be said of all in its batch
        this.client.remove("group.instance.id"); // a second of that name would be let in, and the first one put out
        this.group = group;
        this.from = from;
        this.to = to;
        this.codes = codes;
        this.hopeless = hopeless;
        this.said = said;
    }

    /**
     * @param again from the first record on, whatever was taken before
     * @throws IllegalArgumentException where there is no such topic
     * @throws NotAlone where another replay runs
     * @throws ExecutionException where a record cannot be sent for another reason than its size
     */
    public void run(boolean again) throws ExecutionException, InterruptedException {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            Set<TopicPartition> partitions = consumer.partitionsFor(from).stream().map(one -> new TopicPartition(from, one.partition()))
                    .collect(Collectors.toSet());
            if (partitions.isEmpty()) {
                throw new IllegalArgumentException("there is no topic " + from);
            }
            NotAlone.check(client, from, group);
            consumer.committed(partitions).forEach((partition, offset) -> {
                if (offset != null && !offset.metadata().isEmpty()) {
                    said.accept("an earlier replay ended while it sent: of the records of " + partition + " from offset " + offset.offset()
                            + " to " + offset.metadata() + " some may be put back twice");
                }
            });
            if (again) {
                consumer.commitSync(consumer.beginningOffsets(partitions).entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, begin -> new OffsetAndMetadata(begin.getValue()))));
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.subscribe(List.of(from));
            do {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(500));
                if (consumer.groupMetadata().generationId() >= 0 && !consumer.assignment().equals(partitions)) {
                    throw new NotAlone(from, group); // they came at the same time
                }
                send(records, ends, consumer, producer);
            } while (consumer.assignment().isEmpty() || ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()));
        }
    }

    private void send(ConsumerRecords<byte[], byte[]> records, Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> before = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> after = new HashMap<>();
        List<ConsumerRecord<byte[], byte[]>> wanted = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            if (record.offset() < ends.get(partition)) { // else of a prompt that has failed again meanwhile
                long first = before.containsKey(partition) ? before.get(partition).offset() : record.offset();
                before.put(partition, new OffsetAndMetadata(first, String.valueOf(record.offset())));
                after.put(partition, new OffsetAndMetadata(record.offset() + 1));
                if (wanted(record.headers())) {
                    wanted.add(record);
                }
            }
        }
        consumer.commitSync(before);
        List<Future<RecordMetadata>> sent = wanted.stream()
                .map(record -> producer.send(new ProducerRecord<>(target(record), null, record.key(), record.value(), original(record)))).toList();
        producer.flush();
        long taken = 0;
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).get();
                taken++;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RecordTooLargeException)) {
                    throw e;
                }
                tooLarge(wanted.get(i));
            }
        }
        consumer.commitSync(after);
        replayed += taken;
    }

    /** The others go on without it: it would be too large the next time, too. */
    private void tooLarge(ConsumerRecord<byte[], byte[]> record) {
        skipped.merge(TOO_LARGE, 1L, Long::sum);
        said.accept("the record of " + record.topic() + "-" + record.partition() + " at offset " + record.offset() + " is left out: its "
                + (Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize())) + " bytes are more than topic "
                + target(record) + " takes. Raise max.message.bytes of that topic, and key kafka.client.max.request.size, then replay with --from-beginning");
    }

    private boolean wanted(Headers headers) {
        String error = text(headers, "error-code");
        String code = error == null ? "no dead letter of ours" : error;
        if (headers.lastHeader(NO_RECORD) != null) {
            code += " without its record";
        } else if (error != null && codes.isEmpty() && !hopeless && "false".equals(text(headers, "error-retryable"))) {
            code += ", which another try would not mend (--hopeless takes them too)";
        } else if (error != null && (codes.isEmpty() || codes.contains(code))) {
            return true;
        }
        skipped.merge(code, 1L, Long::sum);
        return false;
    }

    private String target(ConsumerRecord<byte[], byte[]> record) {
        String source = text(record.headers(), "source-topic");
        return source != null && to.contains(source) ? source : to.iterator().next();
    }

    private static String text(Headers headers, String name) {
        Header last = headers.lastHeader(name);
        return last == null || last.value() == null ? null : new String(last.value(), StandardCharsets.UTF_8);
    }

    /** Ours stand behind the record's own and begin with error-attempts; where they do not, as in older letters, all of our names are ours. */
    private static Headers original(ConsumerRecord<byte[], byte[]> record) {
        List<Header> all = Arrays.asList(record.headers().toArray());
        int first = all.lastIndexOf(record.headers().lastHeader("error-attempts"));
        boolean behind = first >= 0 && all.subList(first, all.size()).stream().allMatch(header -> OURS.contains(header.key()));
        Headers headers = new RecordHeaders();
        (behind ? all.subList(0, first) : all).stream().filter(header -> behind ? !header.key().equals(HEADER) : !OURS.contains(header.key()))
                .forEach(headers::add);
        return headers.add(HEADER, (record.topic() + "-" + record.partition() + "-" + record.offset()).getBytes(StandardCharsets.UTF_8));
    }

    /** Records that are on the topic of prompts again. */
    public long replayed() {
        return replayed;
    }

    /** How many records were left out, by the code of their error or another reason. */
    public Map<String, Long> skipped() {
        return skipped;
    }
}
