package io.promptroutes.kafka;

import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Writable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Where records end that have no answer: as they came, with key, time and all headers in their order, and the reason in headers behind them.
 * Where the topic has no room for the record, the short form of its dead letter is the value. Thread-safe.
 */
public final class DeadLetterTopic implements AutoCloseable {

    /** Beside the record itself there is not much room before a broker refuses it. */
    private static final int LONGEST_TEXT = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String topic;
    private final TopicProducer producer;

    /** @param client of a producer, whose serializers are for bytes */
    public DeadLetterTopic(String topic, Properties client) {
        this.topic = topic;
        producer = new TopicProducer(client);
    }

    /**
     * Sends a record.
     *
     * @param text the beginning of an answer that was not what was asked for; null where there is none
     * @param letter a few hundred bytes of JSON about it, for where the record has no room
     * @param then told, with null where the broker has it; on a thread of the client's
     */
    public void send(PolledRecord record, String id, PromptFailed why, String text, byte[] letter, Consumer<Exception> then) {
        send(record, id, why, text, letter, true, then);
    }

    private void send(PolledRecord record, String id, PromptFailed why, String text, byte[] letter, boolean whole, Consumer<Exception> then) {
        RecordHeaders headers = new RecordHeaders();
        if (whole) {
            record.headers().forEach(headers::add);
        }
        ours(record, id, why, text, whole).forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        byte[] key = record.key() == null || !whole && record.key().length > LONGEST_TEXT ? null : record.key();
        Long timestamp = record.timestamp() < 0 || !whole ? null : record.timestamp();
        try {
            producer.send(new ProducerRecord<>(topic, null, timestamp, key, whole ? record.value() : letter, headers), (sent, failure) -> {
                if (whole && (failure instanceof RecordTooLargeException || failure instanceof InvalidTimestampException)) {
                    send(record, id, why, text, letter, false, then);
                } else {
                    then.accept(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            then.accept(e);
        }
    }

    /** In the order of their names: error-attempts is the first, by which they are known again. */
    private static Map<String, String> ours(PolledRecord record, String id, PromptFailed why, String text, boolean whole) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("prompt-id", Writable.cut(id, 1_000));
        headers.put("source-topic", record.source().topic());
        headers.put("source-partition", String.valueOf(record.source().partition()));
        headers.put("source-offset", String.valueOf(record.source().offset()));
        headers.put("error-code", why.getCode());
        headers.put("error-message", Writable.cut(String.valueOf(why.getMessage()), LONGEST_TEXT));
        headers.put("error-retryable", String.valueOf(why.isRetryable()));
        headers.put("error-attempts", String.valueOf(why.getAttempts()));
        if (text != null && !text.isEmpty()) {
            headers.put("error-text", text.substring(0, Math.min(text.length(), LONGEST_TEXT)));
        }
        if (!whole) {
            headers.put(Replay.NO_RECORD, "true");
        }
        return headers;
    }

    /** Why the topic has taken nothing for some time; null where it takes records, as far as is known. */
    public String refused() {
        return producer.refused(PATIENCE);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
