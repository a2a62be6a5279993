package io.promptroutes.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends to one topic. While that takes nothing (missing, not authorised, no leader) one record at a time tries it and may block; the others
 * fail at once, so that they hold no thread until they are sent again. Thread-safe.
 */
final class TopicProducer extends KafkaProducer<Object, Object> {

    private static final Logger LOG = LoggerFactory.getLogger(TopicProducer.class);
    /** About one record: the topic takes others. */
    private static final Set<Class<?>> OF_THE_RECORD = Set.of(RecordTooLargeException.class, InvalidTimestampException.class);

    /** @param since when it was first found */
    private record Refusal(String what, Instant since) {
    }

    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile Refusal refusal;

    TopicProducer(Properties client) {
        super(client);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> record, Callback callback) {
        Refusal before = refusal;
        if (before != null && !trying.compareAndSet(false, true)) {
            throw new TimeoutException(before.what);
        }
        try {
            return super.send(record, (sent, failure) -> {
                note(record.topic(), failure);
                callback.onCompletion(sent, failure);
            });
        } catch (RuntimeException e) { // nobody will be called back
            trying.set(false);
            throw e;
        }
    }

    private void note(String topic, Exception failure) {
        Refusal before = refusal;
        if (failure == null && before != null) {
            refusal = null;
            LOG.info("topic {} takes records again", topic);
        } else if (failure != null && !OF_THE_RECORD.contains(failure.getClass())) {
            refusal = new Refusal("topic " + topic + " takes no records: " + failure.getMessage(), before == null ? Instant.now() : before.since);
            if (before == null) {
                LOG.warn("{}; what is to be published there is kept and sent again", refusal.what);
            }
        }
        trying.set(false);
    }

    /** Why the topic has taken nothing for so long; null where it takes records, as far as is known. */
    String refused(Duration atLeast) {
        Refusal now = refusal;
        return now == null || now.since.isAfter(Instant.now().minus(atLeast)) ? null : now.what;
    }
}
